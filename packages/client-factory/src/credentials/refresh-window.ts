const minuteMs = 60_000;

/** Within this time of the end, a call waits for new credentials instead of using the old, as botocore does. */
export const mandatoryWindowMs: number = minuteMs;

/**
 * How long before their end credentials are renewed in the background, in milliseconds: longer for those that
 * live longer, so that an outage of STS has to last that long to be felt.
 *
 * @see https://github.com/boto/botocore/pull/3760
 */
export function advisoryWindowMs(lifetimeMs: number): number {
  if (lifetimeMs <= 20 * minuteMs) return 5 * minuteMs;
  return lifetimeMs < 90 * minuteMs ? 15 * minuteMs : 60 * minuteMs;
}
