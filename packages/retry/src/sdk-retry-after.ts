/**
 * The hint on an SDK error, in milliseconds from `now`, read as the SDK's standard mode reads it: the first of
 * `retry-after` (seconds, a date, or a date and seconds) and `x-amz-retry-after` (milliseconds) decides.
 */
export function sdkRetryAfterMs(error: unknown, now: number): number | undefined {
  const headers = (error as { readonly $response?: { readonly headers?: unknown } } | null)?.$response?.headers;
  if (typeof headers !== "object" || headers === null) return undefined;
  for (const [header, value] of Object.entries(headers)) {
    const name = header.toLowerCase();
    if (name === "retry-after") return hint(fromText(String(value), now), now);
    if (name === "x-amz-retry-after") return hint(Number(value), now);
  }
  return undefined;
}

function fromText(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const seconds = / GMT, (\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1_000;
  const date = Date.parse(text);
  return text.endsWith("GMT") || date >= now ? date - now : Number.NaN;
}

// The SDK makes a Date of it, which has whole milliseconds. A hint past the last Date there is makes it repeat at once,
// which nobody meant: here such a one is clamped like any other.
function hint(ms: number, now: number): number | undefined {
  return Number.isNaN(ms) ? undefined : Math.trunc(now + ms) - now;
}
