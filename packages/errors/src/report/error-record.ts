import { attemptsOf } from "../attempt-ledger.ts";
import type { Classification, ClassificationContext } from "../classify/classification.ts";
import { classify } from "../classify/classify.ts";
import { errorToJson } from "../define/error-json.ts";
import type { RemediationStep } from "../explain/remediation.ts";

/** One error as it is remembered and written: plain data, without secrets. */
export interface ErrorRecord extends Classification {
  /** When it was recorded, in milliseconds since the epoch. */
  readonly at: number;
  readonly name: string;
  readonly message: string;
  /** What errors of one sort have in common: kind, code, service and operation. */
  readonly group: string;
  /** Calls made before it was given up, where a retry policy said so. */
  readonly attempts: number | undefined;
  /** What the place that recorded it knew: resource, file, step. */
  readonly context: Readonly<Record<string, unknown>>;
  /** The messages of its causes, outermost first. */
  readonly causes: readonly string[];
  /** What the error itself said to do. */
  readonly remediation: readonly RemediationStep[];
}

/** Facts for {@link ErrorRecord.context}; `service`, `operation` and `region` also help to classify. */
export type RecordContext = ClassificationContext & Readonly<Record<string, unknown>>;

export interface RecordOptions {
  readonly context: RecordContext;
  readonly at: number;
  readonly redact: (value: unknown) => unknown;
}

/** The record of an error. Never throws. */
export function recordOf(error: unknown, { context, at, redact }: RecordOptions): ErrorRecord {
  const classification = classify(error, context);
  const { name, message, cause, remediation = [] } = errorToJson(error);
  const { kind, code, service, operation } = classification;
  const clean = redact({ name, message, context, causes: causesOf(cause), remediation }) as Pick<
    ErrorRecord,
    "name" | "message" | "context" | "causes" | "remediation"
  >;
  return {
    at,
    ...classification,
    ...clean,
    group: [kind, code, service, operation].map((part) => part ?? "").join("/"),
    attempts: attemptsOf(error)?.attempts.length,
  };
}

function causesOf(cause: unknown): readonly string[] {
  if (typeof cause !== "object" || cause === null) return [];
  const { message, cause: next } = cause as { readonly message?: unknown; readonly cause?: unknown };
  return [String(message), ...causesOf(next)];
}
