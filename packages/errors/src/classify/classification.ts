/** What went wrong, in the words that decide what to do next. */
export type ErrorKind =
  | "aborted"
  | "timeout"
  | "network"
  | "throttling"
  | "quota"
  | "service"
  | "authentication"
  | "authorization"
  | "not-found"
  | "conflict"
  | "validation"
  | "configuration"
  | "dependency"
  | "state"
  | "storage"
  | "encryption"
  | "provisioning"
  | "circuit-open"
  | "limit-reached"
  | "defect"
  | "unknown";

/**
 * Whether the same call may succeed if it is made again.
 *
 * - `never`: it would fail the same way.
 * - `transient`: after a short pause.
 * - `throttling`: after a longer pause; the caller was too fast.
 * - `after-refresh`: once credentials, token or clock are renewed.
 * - `if-idempotent`: it may have taken effect; only a call that may be repeated safely.
 */
export type RetryAdvice = "never" | "transient" | "throttling" | "after-refresh" | "if-idempotent";

/** Who is at fault: the caller's own code, the request, the service, or what lies between. */
export type Fault = "caller" | "client" | "network" | "server";

export type Severity = "low" | "medium" | "high" | "critical";

/** What `classify` says of an error. Absent facts are `undefined`, never empty strings. */
export interface Classification {
  readonly kind: ErrorKind;
  readonly retry: RetryAdvice;
  readonly fault: Fault;
  readonly severity: Severity;
  /** The code as the service or the system gave it, e.g. `ThrottlingException`, `ECONNRESET`. */
  readonly code: string | undefined;
  /** The service's name as the context or the error gives it, e.g. `SecretsManager`. */
  readonly service: string | undefined;
  readonly operation: string | undefined;
  readonly region: string | undefined;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  /** How long the server asked to wait, in milliseconds from the answer. */
  readonly retryAfterMs: number | undefined;
}

/** What the place that caught an error knows and the error does not say. */
export interface ClassificationContext {
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
  /** How many requests waited for a socket of the pool when this one failed: tells a full pool from a silent host. */
  readonly queuedRequests?: number | undefined;
  /** The signal that the call was given: its reason tells a timeout from a caller who gave up, where the error does not. */
  readonly signal?: AbortSignal | undefined;
}

export type Classify = (error: unknown, context?: ClassificationContext) => Classification;
