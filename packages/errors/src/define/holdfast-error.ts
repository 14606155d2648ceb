import type { ErrorKind, Fault, RetryAdvice, Severity } from "../classify/classification.ts";
import { declaredVerdict } from "../classify/declared-verdict.ts";
import { fieldsOf } from "../classify/error-fields.ts";
import { severityAndFaultOf } from "../classify/known-codes.ts";
import type { RemediationStep } from "../explain/remediation.ts";
import { type ErrorJson, errorFromJson, errorToJson } from "./error-json.ts";
import { retryByKind } from "./retry-by-kind.ts";

export type ErrorContext = Readonly<Record<string, unknown>>;

export interface HoldfastErrorFacts {
  /** Stable, for programs, e.g. `FLOW_NOT_FOUND`. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** Default by kind: throttling is `throttling`; service and limit-reached `transient`; network and timeout `if-idempotent`; all others `never`. */
  readonly retry?: RetryAdvice | undefined;
  /** Default by kind. */
  readonly fault?: Fault | undefined;
  /** Default by kind. */
  readonly severity?: Severity | undefined;
  /** Facts about this one failure: which resource, file, operation. Redacted wherever it is written. */
  readonly context?: ErrorContext | undefined;
  /** What a person can do about it, in order. */
  readonly remediation?: readonly RemediationStep[] | undefined;
  /** How long to wait before the next attempt, in milliseconds, if known. */
  readonly retryAfterMs?: number | undefined;
}

/** An error that says of itself what `classify` would otherwise have to find out. */
export class HoldfastError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly retry: RetryAdvice;
  readonly fault: Fault;
  readonly severity: Severity;
  readonly context: ErrorContext;
  readonly remediation: readonly RemediationStep[];
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: HoldfastErrorFacts, options?: ErrorOptions) {
    super(message, options);
    const [severity, fault] = severityAndFaultOf(facts.kind) ?? severityAndFaultOf("unknown") ?? [];
    this.name = new.target.name;
    this.code = facts.code;
    this.kind = facts.kind;
    this.retry = facts.retry ?? retryByKind(facts.kind);
    this.fault = facts.fault ?? fault ?? "caller";
    this.severity = facts.severity ?? severity ?? "medium";
    this.context = facts.context ?? {};
    this.remediation = facts.remediation ?? [];
    this.retryAfterMs = facts.retryAfterMs;
  }

  /** The error and its causes as plain, redacted data; the stack is left out. {@link HoldfastError.fromJSON} reads it. */
  toJSON(): ErrorJson {
    return errorToJson(this);
  }

  /** The error that {@link HoldfastError.toJSON} wrote, in this process or another; it keeps kind, code, context and causes. */
  static fromJSON(json: unknown): Error {
    return errorFromJson(json, (message, facts, options) => new HoldfastError(message, facts, options));
  }
}

/** What tells an error of ours from any other, whichever copy of this package threw it. */
export type HoldfastErrorLike = Error &
  Omit<HoldfastErrorFacts, "kind" | "retry"> &
  Pick<HoldfastError, "kind" | "retry">;

/** Whether this is a {@link HoldfastError} of this or another copy of the package, or one that came from a worker. */
export function isHoldfastError(value: unknown): value is HoldfastErrorLike {
  try {
    const fields = fieldsOf(value);
    return fields !== undefined && typeof fields.code === "string" && declaredVerdict(fields) !== undefined;
  } catch {
    return false; // a proxy or a getter that throws
  }
}
