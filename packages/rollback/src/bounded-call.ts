import type { Clock } from "@holdfast/errors/policy";

export interface BoundedCallOptions {
  readonly clock: Clock;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Given up with this one's reason when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** What is being done, for the error's message. */
  readonly what: string;
}

/**
 * Calls `fn` with a signal, and settles when it does, or as soon as its time is up or `signal` aborts, even if it takes no
 * notice. Rejects with `ERR_TIMEOUT`, or with the signal's reason. What `fn` does later is ignored.
 */
export function boundedCall<T>(
  fn: (signal: AbortSignal) => PromiseLike<T> | T,
  { clock, timeoutMs, signal, what }: BoundedCallOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const giveUp = (reason: unknown) => {
      finish();
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = () => giveUp(signal?.reason);
    const timer = clock.setTimeout(() => giveUp(timedOut(what, timeoutMs)), timeoutMs);
    const finish = () => {
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    if (signal?.aborted === true) return giveUp(signal.reason);
    signal?.addEventListener("abort", onAbort);
    begun(fn, controller.signal).then(
      (value) => {
        finish();
        resolve(value);
      },
      (error) => {
        finish();
        reject(error);
      },
    );
  });
}

function begun<T>(fn: (signal: AbortSignal) => PromiseLike<T> | T, signal: AbortSignal): Promise<T> {
  try {
    return Promise.resolve(fn(signal)); // a promise as it is: wrapped in another, each call would take three more turns
  } catch (error) {
    return Promise.reject(error);
  }
}

function timedOut(what: string, timeoutMs: number): Error {
  const error = new Error(`${what} took longer than its ${Math.round(timeoutMs)} ms`);
  return Object.assign(error, { name: "TimeoutError", code: "ERR_TIMEOUT" });
}
