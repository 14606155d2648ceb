import { type ErrorRecord, recoveryAdviceByKind } from "@holdfast/errors";
import { usageError } from "../cli-error.ts";
import { sinceMs } from "../duration.ts";

export interface RecordFilter {
  readonly kind?: string | undefined;
  readonly code?: string | undefined;
  readonly operation?: string | undefined;
  /** `2h`, `7d`, or an ISO date. */
  readonly since?: string | undefined;
}

/** Whether a record passes every filter that was given. */
export function recordFilter(
  { kind, code, operation, since }: RecordFilter,
  now: number,
): (record: ErrorRecord) => boolean {
  if (kind !== undefined && !Object.hasOwn(recoveryAdviceByKind, kind)) {
    throw usageError(
      `There is no kind ${JSON.stringify(kind)}: give one of ${Object.keys(recoveryAdviceByKind).join(", ")}`,
    );
  }
  const from = since === undefined ? Number.NEGATIVE_INFINITY : sinceMs(since, now);
  return (record) =>
    record.at >= from &&
    (kind === undefined || record.kind === kind) &&
    (code === undefined || record.code === code) &&
    (operation === undefined || record.operation === operation);
}
