/**
 * The value as a promise, unless it is an async generator: its body runs after the call has returned, where
 * nothing would be retried, so it is refused rather than silently unprotected.
 */
export function refuseIterator<T>(value: T): Promise<T> {
  if (typeof value === "object" && value !== null && isAsyncGenerator(value)) {
    return Promise.reject(
      new TypeError(
        "A retry cannot repeat an async generator: its body runs after the call has returned. Retry each page or each read inside it instead",
      ),
    );
  }
  return Promise.resolve(value);
}

function isAsyncGenerator(value: object): boolean {
  return Object.prototype.toString.call(value) === "[object AsyncGenerator]";
}
