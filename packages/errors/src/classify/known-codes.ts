import type { ErrorKind, Fault, RetryAdvice, Severity } from "./classification.ts";
import { refinements } from "./refinements.ts";
import type { Verdict } from "./verdict.ts";

type Knowledge = readonly [Severity, Fault, Readonly<Partial<Record<RetryAdvice, string>>>];

// All that is known, by kind: how much an operator must care, whose fault it is, and the codes that mean it, by whether
// a retry may help: names, system codes, HTTP, gRPC and house codes, first words of Redis replies. A code is listed
// without "Exception": both forms are known. What its wording says already is listed only if it is frequent.
// Sources: the SDK's models and retry lists, the API references of AWS, the error pages of Node and undici.
const knowledge: Readonly<Record<ErrorKind, Knowledge>> = {
  aborted: ["low", "caller", { never: "AbortError ABORT_ERR UND_ERR_ABORTED ERR_CANCELED CANCELLED" }],
  timeout: [
    "medium",
    "network",
    {
      "if-idempotent":
        "ERR_TIMEOUT TimeoutError ETIMEDOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT DEADLINE_EXCEEDED",
      transient: "408 RequestTimeout UND_ERR_CONNECT_TIMEOUT",
    },
  ],
  network: [
    "medium",
    "network",
    {
      // It may have arrived.
      "if-idempotent":
        "ECONNRESET EPIPE ECONNABORTED UND_ERR_SOCKET ERR_STREAM_PREMATURE_CLOSE ERR_NETWORK ERR_HTTP2_STREAM_ERROR",
      // It was not sent, or refused unread.
      transient: "ECONNREFUSED EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN EPROTO",
      never: "UNREADABLE",
    },
  ],
  throttling: [
    "low",
    "client",
    {
      throttling:
        "429 Throttling ProvisionedThroughputExceeded TooManyRequests SlowDown BandwidthLimitExceeded RequestLimitExceeded RESOURCE_EXHAUSTED",
    },
  ],
  quota: ["high", "client", { never: "402 LimitExceeded OverLimit OOM" }],
  service: [
    "medium",
    "server",
    {
      transient:
        "500 503 InternalServiceError ServiceUnavailable IDPCommunicationError ReplicatedWriteConflict ModelNotReady UNAVAILABLE BUSY LOADING MASTERDOWN CLUSTERDOWN TRYAGAIN READONLY",
      // A gateway answered for the service, whose fate is unknown.
      "if-idempotent": "502 504",
      never: "501 UNIMPLEMENTED INTERNAL",
    },
  ],
  authentication: [
    "high",
    "client",
    {
      "after-refresh":
        "401 ExpiredToken TokenRefreshRequired UnrecognizedClient InvalidClientTokenId InvalidToken RequestExpired RequestInTheFuture RequestTimeTooSkewed",
      transient: "SignatureExpired",
      never:
        "AuthFailure InvalidSignature SignatureDoesNotMatch IDPRejectedClaim InvalidGrant UNAUTHENTICATED NOAUTH WRONGPASS",
    },
  ],
  authorization: [
    "high",
    "client",
    {
      never:
        "403 AccessDenied EC2AccessDenied UnauthorizedOperation RegionDisabled OptInRequired EACCES EPERM PERMISSION_DENIED NOPERM",
    },
  ],
  "not-found": ["medium", "client", { never: "404 410 ResourceNotFound ENOENT NOT_FOUND NOSCRIPT" }],
  conflict: [
    "low",
    "client",
    {
      transient: "409 423 425 Conflict EBUSY EAGAIN ABORTED",
      // The previous request still runs: as long a pause as after throttling.
      throttling: "PriorRequestNotComplete TransactionInProgress",
      never:
        "412 ConditionalCheckFailed PreconditionFailed TransactionCanceled NameConflict EEXIST EADDRINUSE ALREADY_EXISTS BUSYGROUP BUSYKEY",
    },
  ],
  validation: [
    "medium",
    "client",
    { never: "400 Validation InvalidParameter InvalidRequest ERR_JOURNAL_INPUT INVALID_ARGUMENT OUT_OF_RANGE ERR" },
  ],
  configuration: [
    "high",
    "caller",
    {
      never:
        "407 ERR_REGION ERR_HOLDFAST_OPTION ERR_NOT_LOCAL ERR_JOURNAL_OPERATION ERR_INVALID_URL EndpointError PermanentRedirect",
    },
  ],
  dependency: ["high", "caller", { never: "MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND ERR_MISSING_PEER" }],
  state: [
    "high",
    "client",
    { never: "PreconditionNotMet DeleteConflict FAILED_PRECONDITION EXECABORT", transient: "ResourceNotReady" },
  ],
  storage: ["high", "caller", { never: "ENOSPC EDQUOT EROFS EIO ERR_SQLITE_ERROR DATA_LOSS MISCONF" }],
  encryption: ["high", "client", { never: "Disabled DecryptionFailure", transient: "KeyUnavailable" }],
  provisioning: ["high", "server", { transient: "InsufficientInstanceCapacity" }],
  "circuit-open": ["medium", "server", { never: "ERR_CIRCUIT_OPEN EOPENBREAKER" }],
  "limit-reached": [
    "medium",
    "caller",
    { transient: "ERR_LIMIT_REACHED ERR_POOL_SATURATED EMFILE ENFILE ENOBUFS EADDRNOTAVAIL" },
  ],
  defect: ["critical", "caller", { never: "SmithyError SmithyTypeError SmithyRangeError WRONGTYPE" }],
  unknown: ["medium", "caller", { never: "UNKNOWN" }],
};

const verdicts = new Map<unknown, Verdict>();

for (const [kind, [severity, fault, codesByRetry]] of Object.entries(knowledge)) {
  for (const [retry, codes] of Object.entries(codesByRetry)) {
    for (const code of codes.split(" ")) {
      const verdict = { kind, retry, fault, severity, refine: refinements[code] } as Verdict;
      verdicts.set(code, verdict).set(`${code}Exception`, verdict);
    }
  }
}

/** What each known code says, `X` and `XException` alike. */
export const verdictByCode: ReadonlyMap<unknown, Verdict> = verdicts;

/** What is known of errors of a kind, or `undefined` if it is no kind of ours. */
export function severityAndFaultOf(kind: unknown): readonly [Severity, Fault] | undefined {
  if (typeof kind !== "string" || !Object.hasOwn(knowledge, kind)) return undefined;
  const [severity, fault] = knowledge[kind as ErrorKind];
  return [severity, fault];
}
