/** How the AWS SDK's standard mode sorts an error: only the first two are retried. */
export type SdkErrorType = "THROTTLING" | "TRANSIENT" | "SERVER_ERROR" | "CLIENT_ERROR";

const throttlingNames = new Set(
  (
    "BandwidthLimitExceeded EC2ThrottledException LimitExceededException PriorRequestNotComplete " +
    "ProvisionedThroughputExceededException RequestLimitExceeded RequestThrottled RequestThrottledException SlowDown " +
    "ThrottledException Throttling ThrottlingException TooManyRequestsException TransactionInProgressException"
  ).split(" "),
);
const transientNames = new Set(["TimeoutError", "RequestTimeout", "RequestTimeoutException"]);
const transientCodes = new Set(
  "ECONNRESET ECONNREFUSED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN".split(" "),
);
const transientStatuses = new Set([500, 502, 503, 504]);
/** The words of browsers for a request that did not get through. */
const browserMessages = new Set([
  "Failed to fetch",
  "NetworkError when attempting to fetch resource",
  "The Internet connection appears to be offline",
  "Load failed",
  "Network request failed",
]);

/** What the SDK looks at. */
interface SdkFacts {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly $retryable?: { readonly throttling?: unknown } | undefined;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: unknown } | undefined;
}

/**
 * Sorts an error exactly as the SDK's standard mode does (`@smithy/core` 3.41), its mistakes included: quotas count
 * as throttling, expired tokens as the caller's fault. `classify` knows better; this is for those who want the same.
 */
export function sdkErrorType(error: unknown): SdkErrorType {
  const facts = (typeof error === "object" && error !== null ? error : {}) as SdkFacts;
  if (isThrottling(facts)) return "THROTTLING";
  if (isTransient(facts, 0)) return "TRANSIENT";
  const status = facts.$metadata?.httpStatusCode;
  return status !== undefined && status >= 500 && status <= 599 ? "SERVER_ERROR" : "CLIENT_ERROR";
}

function isThrottling({ $metadata, name, $retryable }: SdkFacts): boolean {
  return $metadata?.httpStatusCode === 429 || throttlingNames.has(name as string) || $retryable?.throttling === true;
}

function isTransient(facts: SdkFacts, depth: number): boolean {
  const { name, code, cause, $retryable, $metadata } = facts;
  if (name === "AbortError") return false;
  return (
    $retryable !== undefined ||
    Boolean($metadata?.clockSkewCorrected) ||
    transientNames.has(name as string) ||
    transientCodes.has(code as string) ||
    transientStatuses.has($metadata?.httpStatusCode as number) ||
    isTransientByMessage(facts) ||
    (cause !== undefined && depth <= 10 && isTransient(Object(cause) as SdkFacts, depth + 1))
  );
}

function isTransientByMessage(facts: SdkFacts): boolean {
  const message = String(facts.message ?? "");
  return (
    (facts.name === "InvalidSignatureException" && message.includes("Signature expired")) ||
    (facts.code === "ERR_HTTP2_STREAM_ERROR" && message.includes("NGHTTP2_REFUSED_STREAM")) ||
    (facts instanceof TypeError && browserMessages.has(message))
  );
}
