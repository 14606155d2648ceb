import { cloudWatchError } from "./cloudwatch-error.ts";
import type { Series } from "./series.ts";
import type { Statistic } from "./statistic.ts";

/** Period start → value; periods without data are absent. */
export type ValueByStart = ReadonlyMap<number, number>;

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly periodMs: number;
}

/** The value of each period in the window that has data, oldest first. Periods count from `fromMs`. */
export function valuesByPeriod(
  series: Series | undefined,
  window: Window,
  read: Statistic,
  unit?: string,
): ValueByStart {
  const { fromMs, toMs, periodMs } = window;
  const bucketsByStart = Map.groupBy(
    series?.between(fromMs, toMs, unit) ?? [],
    ({ startMs }) => startMs - ((startMs - fromMs) % periodMs),
  );
  const starts = [...bucketsByStart.keys()].sort((one, other) => one - other);
  const values = starts.map((start) => [start, read(bucketsByStart.get(start)!)] as const);
  return new Map(values.filter((entry): entry is readonly [number, number] => entry[1] !== undefined));
}

/** `Period` in milliseconds. Throws unless it is 1, 5, 10, 20, 30 or a multiple of 60 seconds. */
export function checkPeriod(seconds: number | undefined): number {
  if (seconds !== undefined && ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0)))
    return seconds * 1_000;
  throw cloudWatchError(
    "InvalidParameterValueException",
    `The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60, not ${seconds}.`,
  );
}

/** The time asked for, its start rounded down to the minute, or to the period where that is shorter, as CloudWatch does. */
export function alignedWindow(startSeconds: number, endSeconds: number, periodMs: number): Window {
  if (endSeconds <= startSeconds) {
    throw cloudWatchError(
      "InvalidParameterValueException",
      "The parameter StartTime must be less than the parameter EndTime.",
    );
  }
  const fromMs = startSeconds * 1_000;
  const grain = Math.min(periodMs, 60_000);
  return { fromMs: fromMs - (fromMs % grain), toMs: endSeconds * 1_000, periodMs };
}
