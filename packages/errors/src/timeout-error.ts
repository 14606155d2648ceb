export interface TimeoutErrorOptions extends ErrorOptions {
  /** False if the deadline had passed before anything was started. Default true. */
  readonly began?: boolean;
}

/** A call took longer than a timeout policy allows. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  readonly code = "ERR_TIMEOUT";
  /** What it was allowed, in milliseconds. */
  readonly timeoutMs: number;

  constructor(timeoutMs: number, { began = true, ...options }: TimeoutErrorOptions = {}) {
    super(
      began
        ? `The call had no answer within ${timeoutMs} ms and was given up; what it had started may still take effect`
        : "The deadline passed before the call began; it was not made",
      options,
    );
    this.timeoutMs = timeoutMs;
  }
}
