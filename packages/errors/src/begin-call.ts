import { CallContext, type CallContextOptions } from "./call-context.ts";
import { GivenCall } from "./given-call.ts";
import { follow, type Inside, notToRun, promised, settle, theFunction } from "./inside.ts";
import { layerOf } from "./layer.ts";
import { OptionError } from "./option-error.ts";
import type { ComposablePolicy, Next } from "./policy.ts";

/**
 * Begins a call: makes its context, refuses it if it is already aborted, and rejects with the signal's
 * reason as soon as it aborts, whatever `run` does. What `run` yields after that is dropped.
 *
 * To write an `execute(fn, signal?)`, use {@link executeOf}: it also works inside cockatiel's `wrap`.
 */
export function beginCall<T>(run: Next<T>, options: CallContextOptions = {}): Promise<T> {
  const { signal, deadline, call } = options;
  if (!signal) return settle(run, CallContext.rootWithin(undefined, deadline, call));
  return beginWithin(theFunction, run, signal, options);
}

/** Begins a call that `signal` can give up. */
function beginWithin<T>(
  inside: Inside,
  fn: Next<T>,
  signal: AbortSignal,
  { deadline, call }: CallContextOptions = {},
): Promise<T> {
  const aborted: unknown = signal?.aborted;
  if (aborted === true) return Promise.reject(signal.reason);
  if (aborted !== false) return Promise.reject(new OptionError("signal", "an AbortSignal", signal));
  return new Promise<T>((resolve, reject) => {
    const given = new GivenCall(signal, resolve, reject);
    inside.begin(CallContext.rootWithin(given.scope, deadline, call), fn, given);
  });
}

/** What `executeOf` makes an `execute` of. */
export type Within<Alternative> = Pick<ComposablePolicy<Alternative>, "executeWithin" | "around">;

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
  let alone: Inside | undefined; // made when first needed: a base class calls this before the policy is complete
  return function execute<T>(fn: Next<T>, signal?: AbortSignal): Promise<T | Alternative> {
    // biome-ignore lint/complexity/noArguments: their number is what tells cockatiel's `wrap` from a plain call
    if (arguments.length < 2) {
      return typeof fn === "function" ? policy.executeWithin(CallContext.plain(attempt), fn) : refuse(fn);
    }
    alone ??= layerOf(policy, theFunction);
    return executeSpread(alone, fn, signal);
  };
}

/**
 * Runs `fn` inside, as a call of its own, with a context that survives being spread, unless `fn` declares no parameter
 * to spread.
 */
export function executeSpread<T>(inside: Inside, fn: Next<T>, signal: AbortSignal | undefined): Promise<T> {
  if (typeof fn !== "function") return refuse(fn);
  const next: Next<T> = fn.length === 0 ? fn : (context) => fn(context.spreadable());
  return signal ? beginWithin(inside, next, signal) : promised(inside, CallContext.root(), next); // `null` says none to fetch
}

function refuse(given: unknown): Promise<never> {
  return Promise.reject(notToRun(given));
}

/** The promise, or a rejection with `signal.reason` as soon as the signal aborts. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {}); // its failure is nobody's business any more
    return Promise.reject(signal.reason);
  }
  return new Promise<T>((resolve, reject) => {
    follow(promise, new GivenCall(signal, resolve, reject));
  });
}
