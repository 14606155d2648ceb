import { AbortScope } from "./abort-scope.ts";
import { CallContext, type CallContextOptions } from "./call-context.ts";
import type { Next } from "./policy.ts";

/**
 * Begins a call: makes its context, refuses it if it is already aborted, and rejects with the signal's
 * reason as soon as it aborts, whatever `run` does. What `run` yields after that is dropped.
 *
 * Options that have a `signal`, even an undefined one, make the context spreadable unless `spreadable` says
 * otherwise: an `execute(fn, signal)` written with it works inside cockatiel's `wrap`. {@link executeOf}
 * spares a plain call that cost.
 */
export function beginCall<T>(run: Next<T>, options: CallContextOptions = {}): Promise<T> {
  const { signal, spreadable = "signal" in options } = options;
  if (signal !== undefined) return beginAbortable(run, signal, { ...options, spreadable });
  return settle(run, CallContext.root({ ...options, spreadable }));
}

const plain: CallContextOptions = { spreadable: false };
const spread: CallContextOptions = { spreadable: true };

/**
 * The `execute(fn, signal?)` of a policy that has `executeWithin`. A call with one argument gets the fast
 * path; one with two, as cockatiel's `wrap` makes it, a context that survives being spread.
 */
export function executeOf<Alternative = never>(policy: {
  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T | Alternative>;
}): <T>(fn: Next<T>, signal?: AbortSignal) => Promise<T | Alternative> {
  return function execute<T>(fn: Next<T>, signal?: AbortSignal): Promise<T | Alternative> {
    // biome-ignore lint/complexity/noArguments: their number is what tells cockatiel's `wrap` from a plain call
    if (arguments.length < 2) return policy.executeWithin(CallContext.root(plain), fn);
    const run: Next<T | Alternative> = (context) => policy.executeWithin(context, fn);
    return signal === undefined ? settle(run, CallContext.root(spread)) : beginAbortable(run, signal, spread);
  };
}

function beginAbortable<T>(run: Next<T>, signal: AbortSignal, options: CallContextOptions): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const scope = new AbortScope(undefined, signal);
  return new Promise<T>((resolve, reject) => {
    scope.subscribe(reject);
    settle(run, CallContext.within(scope, options)).then(
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
  return new Promise<T>((resolve, reject) => {
    const abort = () => {
      reject(signal.reason);
    };
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener("abort", abort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener("abort", abort);
        reject(error);
      },
    );
  });
}
