import { CallContext, type CallContextOptions } from "./call-context.ts";
import type { Next } from "./policy.ts";

/**
 * Begins a call: makes its context, refuses it if it is already aborted, and rejects with the signal's
 * reason as soon as it aborts, whatever `run` does. What `run` yields after that is dropped.
 */
export function beginCall<T>(run: Next<T>, options: CallContextOptions = {}): Promise<T> {
  const { signal } = options;
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  const context = CallContext.root(options);
  return signal === undefined ? settle(run, context) : untilAborted(settle(run, context), signal);
}

async function settle<T>(run: Next<T>, context: CallContext): Promise<T> {
  return run(context);
}

/** The promise, or a rejection with `signal.reason` as soon as the signal aborts. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => {
      reject(signal.reason);
    };
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
    });
  });
}
