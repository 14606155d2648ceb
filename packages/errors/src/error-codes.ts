import {
  abortReason,
  beforeSending,
  cancellationReasons,
  clockSkew,
  connectionTimeout,
  deletionPending,
  limitOfService,
  refusedStream,
  signatureAge,
  unknownHost,
} from "./refinements.ts";
import { byWord, refined, type Verdict } from "./verdict.ts";
import {
  aborted,
  badCredentials,
  circuitOpen,
  contended,
  cutOff,
  defect,
  denied,
  dependencyMissing,
  duplicate,
  invalid,
  keyUnavailable,
  keyUnusable,
  localLimit,
  misconfigured,
  noCapacity,
  notFound,
  notReady,
  quotaReached,
  staleCredentials,
  stillRunning,
  storageFailed,
  timedOut,
  timedOutBeforeEffect,
  tooFast,
  unavailable,
  unavailableBehindGateway,
  unknown,
  unreachable,
  wrongState,
} from "./verdicts.ts";

// The codes that get each verdict: names, system codes, HTTP statuses, gRPC statuses, first words of Redis replies.
// A code is listed without "Exception": both forms are known. What its wording already says is listed only if it is frequent.
// Sources: the SDK's models and its retry lists, the API references of AWS, the error pages of Node and undici.
const codesByVerdict: readonly (readonly [Verdict, string])[] = [
  [
    tooFast,
    "429 Throttling ProvisionedThroughputExceeded TooManyRequests SlowDown BandwidthLimitExceeded RequestLimitExceeded RESOURCE_EXHAUSTED",
  ],
  [stillRunning, "PriorRequestNotComplete TransactionInProgress"],
  [refined(quotaReached, limitOfService), "LimitExceeded"],
  [quotaReached, "OverLimit OOM"],
  [
    unavailable,
    "500 503 InternalServiceError ServiceUnavailable IDPCommunicationError ReplicatedWriteConflict ModelNotReady UNAVAILABLE BUSY LOADING MASTERDOWN CLUSTERDOWN TRYAGAIN READONLY",
  ],
  [unavailableBehindGateway, "502 504"],
  [noCapacity, "InsufficientInstanceCapacity"],
  [refined(timedOut, connectionTimeout), "TimeoutError"],
  [refined(timedOut, beforeSending), "ETIMEDOUT"],
  [timedOut, "UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT ERR_TIMEOUT DEADLINE_EXCEEDED"],
  [timedOutBeforeEffect, "408 RequestTimeout UND_ERR_CONNECT_TIMEOUT"],
  [refined(cutOff, beforeSending), "ECONNRESET"],
  [refined(cutOff, refusedStream), "ERR_HTTP2_STREAM_ERROR"],
  [cutOff, "EPIPE ECONNABORTED UND_ERR_SOCKET ERR_STREAM_PREMATURE_CLOSE ERR_NETWORK"],
  [refined(unreachable, unknownHost), "ENOTFOUND"],
  [unreachable, "ECONNREFUSED EHOSTUNREACH ENETUNREACH EAI_AGAIN EPROTO"],
  [staleCredentials, "401 ExpiredToken TokenRefreshRequired UnrecognizedClient InvalidClientTokenId InvalidToken"],
  [refined(staleCredentials, clockSkew), "RequestExpired RequestInTheFuture RequestTimeTooSkewed"],
  [refined(badCredentials, clockSkew), "AuthFailure"],
  [refined(badCredentials, signatureAge), "InvalidSignature SignatureDoesNotMatch"],
  [badCredentials, "IDPRejectedClaim InvalidGrant UNAUTHENTICATED NOAUTH WRONGPASS"],
  [refined(denied, clockSkew), "AccessDenied"],
  [
    denied,
    "403 UnauthorizedOperation EC2AccessDenied RegionDisabled OptInRequired EACCES EPERM PERMISSION_DENIED NOPERM",
  ],
  [notFound, "404 410 ResourceNotFound ENOENT NOT_FOUND NOSCRIPT"],
  [contended, "409 423 425 Conflict EBUSY EAGAIN ABORTED"],
  [refined(duplicate, cancellationReasons), "TransactionCanceled"],
  [
    duplicate,
    "412 ConditionalCheckFailed PreconditionFailed NameConflict EEXIST EADDRINUSE ALREADY_EXISTS BUSYGROUP BUSYKEY",
  ],
  [wrongState, "PreconditionNotMet DeleteConflict FAILED_PRECONDITION EXECABORT"],
  [refined(invalid, deletionPending), "InvalidRequest"],
  [invalid, "Validation InvalidParameter INVALID_ARGUMENT OUT_OF_RANGE ERR"],
  [keyUnusable, "Disabled"],
  [keyUnavailable, "KeyUnavailable"],
  [misconfigured, "407 EndpointError ERR_REGION ERR_HOLDFAST_OPTION ERR_INVALID_URL PermanentRedirect"],
  [dependencyMissing, "MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND"],
  [storageFailed, "ENOSPC EDQUOT EROFS EIO ERR_SQLITE_ERROR DATA_LOSS MISCONF"],
  [localLimit, "ERR_LIMIT_REACHED ERR_POOL_SATURATED EMFILE ENFILE ENOBUFS EADDRNOTAVAIL"],
  [circuitOpen, "ERR_CIRCUIT_OPEN EOPENBREAKER"],
  [refined(aborted, abortReason), "AbortError"],
  [aborted, "ABORT_ERR UND_ERR_ABORTED ERR_CANCELED CANCELLED"],
  [defect, "SmithyError SmithyTypeError SmithyRangeError WRONGTYPE"],
  [unknown, "UNKNOWN"],
];

/** What each known code says, `X` and `XException` alike. */
export const verdictByCode: ReadonlyMap<unknown, Verdict> = byWord(
  codesByVerdict.map(([verdict, codes]) => [verdict, `${codes} ${codes.replaceAll(" ", "Exception ")}Exception`]),
);

// What the wording of a code says when the table does not list it; codes are worded by custom. The first match decides.
const verdictsByWording: readonly (readonly [RegExp, Verdict])[] = [
  [/Throttl/, tooFast],
  [/(Limit|Quota|Count)(Exceed|Reached)|^TooMany/, quotaReached],
  [/AccessDenied|NotAuthorized|^Authoriz/, denied],
  [/^Unauthorized|Signature|AccessKey|(Authentication|Identity)Token/, badCredentials],
  [/^K(MS|ms)|cryption|^IncorrectKey|Ciphertext/, keyUnusable],
  [/NotFound|^NoSuch|DoesNotExist|NonExistent/, notFound],
  [/Exists|^Duplicate|Already|NameInUse/, duplicate],
  [/InUse|Conflict|Concurrent|Aborted|Temporarily/, contended],
  [/^(Internal|Service)/, unavailable],
  [/NotReady/, notReady],
  [/State(Exception)?$|Unmodifiable/, wrongState],
  [/^(Invalid|Malformed|Missing|Unsupported|Bad)|Validation|TooL(arge|ong)|Mismatch/, invalid],
  [/^ERR_JOURNAL_.*(STOR|WRITE|READ|CORRUPT|IO)/, storageFailed],
  [/^ERR_JOURNAL/, wrongState],
  [/^CERT_|^ERR_(SSL|TLS)_|SELF_SIGNED|^UNABLE_TO_/, misconfigured],
  [/^ERR_HTTP2/, cutOff],
  [/^ERR_/, defect],
];

/** What the wording of a code that the table does not list says. */
export function verdictByWording(code: string): Verdict | undefined {
  const known = worded.get(code);
  if (known !== undefined) return known.verdict;
  const verdict = verdictsByWording.find(([wording]) => wording.test(code))?.[1];
  if (worded.size < mostWorded) worded.set(code, { verdict });
  return verdict;
}

// A code is worded the same for ever, so its verdict is kept; only so many, as a code may be anything.
const mostWorded = 500;
const worded = new Map<string, { readonly verdict: Verdict | undefined }>();
