import { usageError } from "./cli-error.ts";

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of e.g. `30d`, `12h`, `1.5h`; units ms, s, m, h, d, w. A bare number is refused: its unit would be a guess. */
export function durationMs(text: string): number {
  const milliseconds = millisecondsOf(text);
  if (Number.isNaN(milliseconds)) throw usageError(`Expected ${aDuration}, got ${JSON.stringify(text)}`);
  return milliseconds;
}

const aDuration = "a duration such as 30d, 12h or 45m (ms, s, m, h, d, w)";

/** `NaN` if it is no duration. */
function millisecondsOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text.trim()) ?? [];
  const milliseconds = Math.round(Number(count) * (unitMs[unit ?? ""] ?? Number.NaN));
  return Number.isSafeInteger(milliseconds) ? milliseconds : Number.NaN;
}

/** The instant that `30d` (ago) or an ISO date means, in milliseconds since the epoch. */
export function sinceMs(text: string, now: number): number {
  const since = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : now - millisecondsOf(text);
  if (Number.isNaN(since)) {
    throw usageError(`Expected --since to be a date such as 2026-01-31, or ${aDuration}, got ${JSON.stringify(text)}`);
  }
  return since;
}
