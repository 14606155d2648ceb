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
import { type Verdict, verdict } from "./verdict.ts";

// One row per verdict, and the codes that get it. A code is listed without "Exception": both forms are known.
// Sources: the SDK's models and its retry lists, the API references of AWS, Node's and undici's error pages.
const rows: readonly (readonly [Verdict, string])[] = [
  [
    verdict("throttling", "throttling", "client"),
    "BandwidthLimitExceeded EC2Throttled ProvisionedThroughputExceeded RequestLimitExceeded RequestThrottled SlowDown Throttled Throttling ThrottlingError TooManyRequests KmsThrottled",
  ],
  // The previous request still runs: as long a pause as after throttling, but the caller's rate is not at fault.
  [verdict("conflict", "throttling", "client"), "PriorRequestNotComplete TransactionInProgress"],
  [
    verdict("quota", "never", "client"),
    "LimitExceededFault ServiceQuotaExceeded ResourceLimitExceeded OverLimit ENILimitReached SubnetIPAddressLimitReached",
  ],
  [verdict("quota", "never", "client", limitOfService), "LimitExceeded"],
  [
    verdict("service", "transient", "server"),
    "InternalError InternalFailure InternalServer InternalServerError InternalService InternalServiceError InternalServiceFault Service ServiceUnavailable ServiceFailure KMSInternal DependencyTimeout IDPCommunicationError ReplicatedWriteConflict ModelNotReady",
  ],
  [verdict("provisioning", "transient", "server"), "InsufficientCapacity InsufficientInstanceCapacity"],
  [
    verdict("timeout", "if-idempotent", "network"),
    "ESOCKETTIMEDOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT ERR_TIMEOUT TIMEOUT_ERR",
  ],
  [verdict("timeout", "if-idempotent", "network", connectionTimeout), "TimeoutError"],
  [verdict("timeout", "if-idempotent", "network", beforeSending), "ETIMEDOUT"],
  [verdict("timeout", "transient", "network"), "RequestTimeout UND_ERR_CONNECT_TIMEOUT"],
  [
    verdict("network", "if-idempotent", "network"),
    "EPIPE ECONNABORTED ENETRESET ENOTCONN UND_ERR_SOCKET ERR_STREAM_PREMATURE_CLOSE ERR_NETWORK ERR_HTTP2_SESSION_ERROR ERR_HTTP2_STREAM_CANCEL",
  ],
  [verdict("network", "if-idempotent", "network", beforeSending), "ECONNRESET"],
  [verdict("network", "if-idempotent", "network", refusedStream), "ERR_HTTP2_STREAM_ERROR"],
  // No request left this machine, or it was refused unread.
  [
    verdict("network", "transient", "network"),
    "ECONNREFUSED EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN EAI_AGAIN EPROTO ERR_HTTP2_GOAWAY_SESSION",
  ],
  [verdict("network", "transient", "network", unknownHost), "ENOTFOUND"],
  [
    verdict("authentication", "after-refresh", "client"),
    "ExpiredToken TokenRefreshRequired UnrecognizedClient InvalidClientTokenId InvalidToken",
  ],
  [
    verdict("authentication", "after-refresh", "client", clockSkew),
    "RequestExpired RequestInTheFuture RequestTimeTooSkewed",
  ],
  [
    verdict("authentication", "never", "client"),
    "MissingAuthenticationToken IncompleteSignature InvalidAccessKeyId InvalidIdentityToken IDPRejectedClaim NotAuthorized Unauthorized InvalidGrant ExpiredTradeInToken",
  ],
  [verdict("authentication", "never", "client", clockSkew), "AuthFailure"],
  [verdict("authentication", "never", "client", signatureAge), "InvalidSignature SignatureDoesNotMatch"],
  [verdict("authorization", "never", "client", clockSkew), "AccessDenied"],
  [
    verdict("authorization", "never", "client"),
    "UnauthorizedOperation AuthorizationError KMSAccessDenied KmsAccessDenied EC2AccessDenied RegionDisabled OptInRequired Forbidden",
  ],
  [verdict("authorization", "never", "caller"), "EACCES EPERM"],
  [verdict("not-found", "never", "client"), "ResourceNotFound NotFound"],
  [verdict("not-found", "never", "caller"), "ENOENT"],
  [
    verdict("conflict", "transient", "client"),
    "Conflict ConcurrentModification ConditionalRequestConflict OperationAborted ResourceConflict ResourceInUse TableInUse TransactionConflict TooManyUpdates EntityTemporarilyUnmodifiable QueueDeletedRecently PurgeQueueInProgress",
  ],
  [
    verdict("conflict", "never", "client"),
    "ConditionalCheckFailed PreconditionFailed IdempotentParameterMismatch IdempotencyParameterMismatch NameConflict DuplicateItem BucketAlreadyOwnedByYou",
  ],
  [verdict("conflict", "never", "client", cancellationReasons), "TransactionCanceled"],
  [verdict("conflict", "transient", "caller"), "EBUSY EAGAIN"],
  [verdict("conflict", "never", "caller"), "EEXIST EADDRINUSE"],
  [
    verdict("state", "never", "client"),
    "PreconditionNotMet DeleteConflict InvalidObjectState UnmodifiableEntity ItemCollectionSizeLimitExceeded",
  ],
  [verdict("state", "transient", "client"), "ResourceNotReady"],
  [
    verdict("validation", "never", "client"),
    "Validation ValidationError InvalidParameter InvalidNextToken MalformedPolicyDocument PackedPolicyTooLarge PublicPolicy Serialization UnknownOperation BadRequest InvalidZipFile InvalidSecurityGroupID InvalidSubnetID InvalidRuntime",
  ],
  [verdict("validation", "never", "client", deletionPending), "InvalidRequest"],
  [verdict("validation", "never", "caller"), "ZodError SchemaError ValiError"],
  [
    verdict("encryption", "never", "client"),
    "DecryptionFailure EncryptionFailure Disabled KMSDisabled KmsDisabled KMSInvalidState KmsInvalidState KMSNotFound KmsNotFound InvalidCiphertext IncorrectKey",
  ],
  [verdict("encryption", "transient", "server"), "KeyUnavailable"],
  [
    verdict("configuration", "never", "caller"),
    "EndpointError ERR_REGION ERR_HOLDFAST_OPTION ERR_INVALID_URL PermanentRedirect AuthorizationHeaderMalformed CERT_HAS_EXPIRED CERT_NOT_YET_VALID DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY ERR_TLS_CERT_ALTNAME_INVALID ERR_SSL_WRONG_VERSION_NUMBER",
  ],
  [verdict("dependency", "never", "caller"), "MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND"],
  [verdict("storage", "never", "caller"), "ENOSPC EDQUOT EROFS EIO ERR_SQLITE_ERROR"],
  [
    verdict("limit-reached", "transient", "caller"),
    "ERR_LIMIT_REACHED ERR_POOL_SATURATED EMFILE ENFILE ENOBUFS EADDRNOTAVAIL",
  ],
  [verdict("circuit-open", "never", "server"), "ERR_CIRCUIT_OPEN EOPENBREAKER"],
  [verdict("aborted", "never", "caller"), "ABORT_ERR UND_ERR_ABORTED ERR_CANCELED CanceledError"],
  [verdict("aborted", "never", "caller", abortReason), "AbortError"],
  [verdict("defect", "never", "caller"), "SmithyError SmithyTypeError SmithyRangeError ERR_ASSERTION AssertionError"],
];

/** What each known code says, `X` and `XException` alike. */
export const verdictByCode: ReadonlyMap<unknown, Verdict> = new Map(
  rows.flatMap(([given, codes]) =>
    codes.split(" ").flatMap((code) => [[code, given] as const, [`${code}Exception`, given] as const]),
  ),
);

// What the wording of a code says when the table does not list it. AWS words its codes by custom: the first match decides.
const rowsByWording: readonly (readonly [RegExp, Verdict])[] = [
  [/Throttl/, verdict("throttling", "throttling", "client")],
  [/(Limit|Quota|Count)(Exceeded|Reached)|^TooMany|LimitExceed/, verdict("quota", "never", "client")],
  [/AccessDenied|NotAuthorized|^Unauthorized/, verdict("authorization", "never", "client")],
  [/^K(MS|ms)/, verdict("encryption", "never", "client")],
  [/NotFound|^NoSuch|DoesNotExist|NonExistent/, verdict("not-found", "never", "client")],
  [/Exists|^Duplicate|InUse/, verdict("conflict", "never", "client")],
  [/^Internal(Server|Service)/, verdict("service", "transient", "server")],
  [/NotReady|State(Exception)?$/, verdict("state", "never", "client")],
  [
    /^(Invalid|Malformed|Missing|Unsupported|Bad)[A-Z]|Validation|TooL(arge|ong)|Mismatch/,
    verdict("validation", "never", "client"),
  ],
  [/^ERR_JOURNAL_.*(STOR|WRITE|READ|CORRUPT|IO)/, verdict("storage", "never", "caller")],
  [/^ERR_JOURNAL_/, verdict("state", "never", "caller")],
  [/^(CERT_|ERR_(SSL|TLS)_)/, verdict("configuration", "never", "caller")],
  [/^ERR_(INVALID|MISSING)_/, verdict("defect", "never", "caller")],
];

/** What the wording of a code that the table does not list says. */
export function verdictByWording(code: string): Verdict | undefined {
  return rowsByWording.find(([wording]) => wording.test(code))?.[1];
}
