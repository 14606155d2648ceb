import { assertDelayMs, assertFunction, type Clock, systemClock } from "@holdfast/errors/policy";

/** As much of a Lambda function's context as is used. */
export interface LambdaTime {
  getRemainingTimeInMillis(): number;
}

export interface LambdaDeadlineOptions {
  /** What to keep back for answering, logging and flushing, in milliseconds. Default 500. */
  readonly reserveMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * The moment by which an invocation must be done, in milliseconds since the epoch: give it as `deadline` to
 * `retry` or `beginCall`, so that no attempt starts that Lambda would cut off.
 *
 * @throws OptionError if `context` is not that of a Lambda function, or `reserveMs` is out of range.
 */
export function deadlineFromLambda(
  context: LambdaTime,
  { reserveMs = 500, clock = systemClock }: LambdaDeadlineOptions = {},
): number {
  assertFunction("context.getRemainingTimeInMillis", context?.getRemainingTimeInMillis);
  assertDelayMs("reserveMs", reserveMs);
  return clock.now() + context.getRemainingTimeInMillis() - reserveMs;
}
