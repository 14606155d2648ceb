import type { ErrorRecord } from "./error-record.ts";

/** How many errors of which sort, over records. */
export interface ErrorStatistics {
  readonly total: number;
  /** How many may pass if tried again. */
  readonly retryable: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly bySeverity: Readonly<Record<string, number>>;
  readonly byCode: Readonly<Record<string, number>>;
  /** By `service operation`. */
  readonly byOperation: Readonly<Record<string, number>>;
  /** Minutes with errors, oldest first. `at` is the start of the minute, in milliseconds since the epoch. */
  readonly byMinute: readonly { readonly at: number; readonly count: number }[];
  readonly firstAt: number | undefined;
  readonly lastAt: number | undefined;
}

/** Counts records; most frequent first. */
export function statisticsOf(records: readonly ErrorRecord[]): ErrorStatistics {
  const times = records.map(({ at }) => at);
  return {
    total: records.length,
    retryable: records.filter(({ retry }) => retry !== "never").length,
    byKind: counted(records.map(({ kind }) => kind)),
    bySeverity: counted(records.map(({ severity }) => severity)),
    byCode: counted(records.map(({ code }) => code)),
    byOperation: counted(records.map(operationOf)),
    byMinute: minutesOf(times),
    firstAt: times.reduce<number | undefined>((first, at) => Math.min(first ?? at, at), undefined),
    lastAt: times.reduce<number | undefined>((last, at) => Math.max(last ?? at, at), undefined),
  };
}

function operationOf({ service, operation }: ErrorRecord): string | undefined {
  return [service, operation].filter((part) => part !== undefined).join(" ") || undefined;
}

function counted(words: readonly (string | undefined)[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const word of words) {
    if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

const minuteMs = 60_000;

function minutesOf(times: readonly number[]): ErrorStatistics["byMinute"] {
  const counts = new Map<number, number>();
  for (const time of times) {
    const at = Math.floor(time / minuteMs) * minuteMs;
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([at, count]) => ({ at, count }));
}
