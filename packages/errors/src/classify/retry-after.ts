import { type ErrorFields, loosely, numberIn } from "./error-fields.ts";

/**
 * How long an answer's headers ask to wait, in milliseconds from the answer: `x-amz-retry-after` in
 * milliseconds, `retry-after` in seconds or as a date, which is held against the answer's own `date`, or this clock if it has none.
 */
export function retryAfterOf(headers: unknown): number | undefined {
  const fields = loosely(headers);
  if (!fields) return undefined;
  const plain = typeof fields.get === "function" ? fromHeaders(fields as ErrorFields & Readable) : fields;
  const inMs = plain["x-amz-retry-after"];
  const given = plain["retry-after"];
  if (!inMs && !given) return undefined;
  const ms = Number(inMs ?? Number(given) * 1000);
  return waitOf(Number.isNaN(ms) ? Date.parse(given as string) - (Date.parse(plain.date as string) || Date.now()) : ms);
}

/** The number, if it can be waited for that many milliseconds. */
export function waitOf(ms: unknown): number | undefined {
  return numberIn(ms, 0, Infinity);
}

interface Readable {
  get(name: string): unknown;
}

// Names are read one by one and literally: with the name in a variable each reading takes five times as long.
function fromHeaders(headers: Readable): ErrorFields {
  return {
    "x-amz-retry-after": headers.get("x-amz-retry-after"),
    "retry-after": headers.get("retry-after"),
    date: headers.get("date"),
  };
}
