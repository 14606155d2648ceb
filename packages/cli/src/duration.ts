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
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text.trim()) ?? [];
  const milliseconds = Number(count) * (unitMs[unit ?? ""] ?? Number.NaN);
  if (!Number.isSafeInteger(Math.round(milliseconds))) {
    throw usageError(`Expected a duration such as 30d, 12h or 45m (ms, s, m, h, d, w), got ${JSON.stringify(text)}`);
  }
  return Math.round(milliseconds);
}

/** The instant that `30d` (ago) or an ISO date means, in milliseconds since the epoch. */
export function sinceMs(text: string, now: number): number {
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  return now - durationMs(text);
}
