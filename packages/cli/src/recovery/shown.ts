import { redact } from "@holdfast/errors";

/** A recorded value as it may be shown: without secrets, and `[sealed]` where the journal keeps it encrypted. */
export function shown<T>(value: T): T {
  return redact(unsealed(value)) as T;
}

function unsealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unsealed);
  if (typeof value !== "object" || value === null) return value;
  if (Object.hasOwn(value, "$sealed")) return "[sealed]";
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unsealed(each)]));
}
