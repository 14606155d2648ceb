import type { ErrorKind, Fault, RetryAdvice, Severity } from "../classify/classification.ts";
import { declaredVerdict } from "../classify/declared-verdict.ts";
import { type ErrorFields, fieldsOf, textOf } from "../classify/error-fields.ts";
import type { RemediationStep } from "../explain/remediation.ts";
import { redact } from "../redact/redact.ts";
import type { HoldfastErrorFacts } from "./holdfast-error.ts";

/** An error as plain data. Of a foreign error, only what it has is there. */
export interface ErrorJson {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly kind?: ErrorKind | undefined;
  readonly retry?: RetryAdvice | undefined;
  readonly fault?: Fault | undefined;
  readonly severity?: Severity | undefined;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  readonly remediation?: readonly RemediationStep[] | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

const kept = ["code", "kind", "retry", "fault", "severity", "context", "remediation", "retryAfterMs"] as const;
const deepestCause = 10;

/** An error and its causes, ten deep at most, as plain data without secrets and without stacks. Never throws. */
export function errorToJson(error: unknown): ErrorJson {
  return redact(outline(error, 0), { maxDepth: 40 }) as ErrorJson;
}

function outline(error: unknown, depth: number): ErrorFields {
  const fields = fieldsOf(error);
  if (fields === undefined) return { name: "Error", message: String(error) };
  const copy: Record<string, unknown> = {
    name: textOf(field(fields, "name")) ?? "Error",
    message: textOf(field(fields, "message")) ?? "",
  };
  for (const key of kept) {
    const value = field(fields, key);
    if (value !== undefined) copy[key] = value;
  }
  const cause = field(fields, "cause");
  if (cause !== undefined) copy.cause = depth < deepestCause ? outline(cause, depth + 1) : "[too deep]";
  return copy;
}

function field(fields: ErrorFields, key: string): unknown {
  try {
    return fields[key];
  } catch {
    return undefined;
  }
}

type MakeError = (message: string, facts: HoldfastErrorFacts, options: ErrorOptions) => Error;

/** The error that {@link errorToJson} wrote. What declares a kind of ours is made by `make`, anything else is a plain `Error`. */
export function errorFromJson(json: unknown, make: MakeError): Error {
  return restore(json, make, 0);
}

function restore(json: unknown, make: MakeError, depth: number): Error {
  const fields = fieldsOf(json) ?? { message: String(json) };
  const message = textOf(fields.message) ?? "";
  const options: ErrorOptions =
    fields.cause === undefined || depth >= deepestCause ? {} : { cause: restore(fields.cause, make, depth + 1) };
  const { code, context, remediation, retryAfterMs } = fields;
  const declared = declaredVerdict(fields);
  const error =
    declared !== undefined && typeof code === "string"
      ? make(
          message,
          {
            code,
            kind: declared.kind,
            retry: declared.retry,
            fault: declared.fault,
            severity: declared.severity,
            context: fieldsOf(context) ?? {},
            remediation: Array.isArray(remediation) ? (remediation as readonly RemediationStep[]) : [],
            retryAfterMs: typeof retryAfterMs === "number" ? retryAfterMs : undefined,
          },
          options,
        )
      : Object.assign(new Error(message, options), code === undefined ? {} : { code });
  error.name = textOf(fields.name) ?? "Error";
  return error;
}
