import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";

/** `DurationSeconds` of the request, within its bounds. */
export function sessionDuration(input: Fields, { standard, max }: { standard: number; max: number }): number {
  const given = input.DurationSeconds;
  if (given === undefined) return standard;
  const seconds = Number(given);
  const constraint =
    !Number.isInteger(seconds) || seconds < 900
      ? "Member must have value greater than or equal to 900"
      : seconds > max
        ? `Member must have value less than or equal to ${max}`
        : undefined;
  if (constraint === undefined) return seconds;
  throw new ServiceError(
    "ValidationError",
    `1 validation error detected: Value '${String(given)}' at 'durationSeconds' failed to satisfy constraint: ${constraint}`,
  );
}
