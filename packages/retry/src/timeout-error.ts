/** A call took longer than a timeout policy allows. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  readonly code = "ERR_TIMEOUT";
  /** What it was allowed, in milliseconds. */
  readonly timeoutMs: number;

  constructor(timeoutMs: number, options?: ErrorOptions) {
    super(
      `The call had no answer within ${timeoutMs} ms and was given up; what it had started may still take effect`,
      options,
    );
    this.timeoutMs = timeoutMs;
  }
}
