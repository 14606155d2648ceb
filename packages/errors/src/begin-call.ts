import { AbortScope } from "./abort-scope.ts";
import { CallContext, type CallContextOptions } from "./call-context.ts";
import type { Next } from "./policy.ts";

/**
 * Begins a call: makes its context, refuses it if it is already aborted, and rejects with the signal's
 * reason as soon as it aborts, whatever `run` does. What `run` yields after that is dropped.
 *
 * To write an `execute(fn, signal?)`, use {@link executeOf}: it also works inside cockatiel's `wrap`.
 */
export function beginCall<T>(run: Next<T>, { signal, deadline, call }: CallContextOptions = {}): Promise<T> {
  if (signal === undefined) return settle(run, CallContext.rootWithin(undefined, deadline, call));
  if (signal.aborted) return Promise.reject(signal.reason);
  const scope = AbortScope.within(signal);
  return untilGivenUp(settle(run, CallContext.rootWithin(scope, deadline, call)), scope);
}

/** What `executeOf` makes an `execute` of. */
interface Within<Alternative> {
  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T | Alternative>;
}

/**
 * The `execute(fn, signal?)` of a policy, made of its `executeWithin`. With one argument it takes the shortest way;
 * with two, as cockatiel's `wrap` calls it, the function gets a context that survives being spread.
 *
 * @param attempt 1 if the policy counts attempts: its first one then needs no context of its own
 */
export function executeOf<Alternative = never>(
  policy: Within<Alternative>,
  attempt: 0 | 1 = 0,
): <T>(fn: Next<T>, signal?: AbortSignal) => Promise<T | Alternative> {
  return function execute<T>(fn: Next<T>, signal?: AbortSignal): Promise<T | Alternative> {
    // biome-ignore lint/complexity/noArguments: their number is what tells cockatiel's `wrap` from a plain call
    if (arguments.length < 2) return policy.executeWithin(CallContext.plain(attempt), fn);
    return executeSpread(policy, fn, signal);
  };
}

/** Runs `fn` under a policy, with a context that survives being spread, unless `fn` declares no parameter to spread. */
export function executeSpread<T, Alternative>(
  policy: Within<Alternative>,
  fn: Next<T>,
  signal: AbortSignal | undefined,
): Promise<T | Alternative> {
  const next: Next<T> = fn.length === 0 ? fn : (context) => fn(context.spreadable());
  return beginCall((context) => policy.executeWithin(context, next), { signal });
}

/** The promise, or a rejection as soon as the scope is given up; closes the scope at the end. */
function untilGivenUp<T>(promise: Promise<T>, scope: AbortScope): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    scope.subscribe(reject);
    promise.then(
      (value) => {
        scope.close();
        resolve(value);
      },
      (error: unknown) => {
        scope.close();
        reject(error);
      },
    );
  });
}

/** What `run` comes to, as a promise, even if it throws. */
export function settle<T>(run: Next<T>, context: CallContext): Promise<T> {
  try {
    const result = run(context);
    return result instanceof Promise ? result : Promise.resolve(result);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** The promise, or a rejection with `signal.reason` as soon as the signal aborts. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {}); // its failure is nobody's business any more
    return Promise.reject(signal.reason);
  }
  return untilGivenUp(promise, AbortScope.within(signal));
}
