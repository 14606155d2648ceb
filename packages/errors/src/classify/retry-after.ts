import { type ErrorFields, fieldsOf } from "./error-fields.ts";

/**
 * How long an answer's headers ask to wait, in milliseconds from the answer: `x-amz-retry-after` in
 * milliseconds, `retry-after` in seconds or as a date, which is held against the answer's own `date`.
 */
export function retryAfterOf(headers: unknown): number | undefined {
  const fields = fieldsOf(headers);
  if (fields === undefined) return undefined;
  const inMs = header(fields, "x-amz-retry-after");
  if (inMs !== undefined) return wholeMs(Number(inMs));
  const given = header(fields, "retry-after");
  if (given === undefined) return undefined;
  const seconds = Number(given);
  return wholeMs(Number.isNaN(seconds) ? Date.parse(given) - Date.parse(header(fields, "date") ?? "") : seconds * 1000);
}

function header(headers: ErrorFields, name: string): string | undefined {
  const get = headers.get;
  const value: unknown = typeof get === "function" ? get.call(headers, name) : headers[name];
  return value === undefined || value === null ? undefined : `${value}`;
}

function wholeMs(ms: number): number | undefined {
  return ms >= 0 && ms < Number.POSITIVE_INFINITY ? Math.round(ms) : undefined;
}
