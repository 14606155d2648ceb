import type { ErrorKind, Fault, RetryAdvice, Severity } from "./classification.ts";
import { refinements } from "./refinements.ts";
import type { Verdict } from "./verdict.ts";

// All that is known, by kind: how much an operator must care, whose fault it is, and then, by whether a retry may help,
// the words that mean it: names, system codes, HTTP, gRPC and house codes, first words of Redis replies, SQLSTATEs and
// their classes. A code is listed without "Exception": both forms are known.
//
// A word with signs of a pattern tells how codes that are not listed are worded, by the custom of AWS and others,
// whatever the case; the first that fits decides, so the order of the kinds counts. What its wording says already is
// listed only if it is frequent, or must count beside any HTTP status.
//
// Sources: the SDK's models and retry lists, the API references of AWS, the error pages of Node and undici,
// https://www.postgresql.org/docs/current/errcodes-appendix.html, the sources of Redis.
const knowledge: Readonly<Record<ErrorKind, string>> = {
  defect:
    "critical caller" +
    " never: WRONGTYPE CROSSSLOT 42 ^(Smithy|(Type|Reference|Range|Syntax)Error$)|^ERR_(INVALID|MISSING|OUT_OF|ASSERT)",
  configuration:
    "high caller" +
    " never: 407 ERR_REGION ERR_HOLDFAST_OPTION ERR_NOT_LOCAL MOVED ASK ERR_JOURNAL_OPERATION ERR_INVALID_URL ^EndpointError|Redirect|^CERT_|_(SSL|TLS)_|SELF_SIGNED|^UNABLE_TO_",
  dependency: "high caller never: ERR_MISSING_PEER MODULE_NOT_FOUND$",
  aborted: "low caller never: AbortError ABORT_ERR UND_ERR_ABORTED ERR_CANCELED CANCELLED",
  timeout:
    "medium network" +
    " if-idempotent: ERR_TIMEOUT isTaskCancelledError TimeoutError ETIMEDOUT _TIMEOUT|DEADLINE" +
    " transient: 408 RequestTimeout UND_ERR_CONNECT_TIMEOUT 57014",
  network:
    "medium network" +
    " if-idempotent: ECONNRESET EPIPE ECONNABORTED UND_ERR_SOCKET ERR_NETWORK ERR_HTTP2_STREAM_ERROR ^ERR_HTTP2|PREMATURE|^MaxRetriesPer 08 40003" +
    " transient: ECONNREFUSED ENOTFOUND EAI_AGAIN EPROTO UNREACH(ABLE)?$",
  throttling:
    "low client" +
    " throttling: 429 Throttling ProvisionedThroughputExceeded TooManyRequests SlowDown BandwidthLimitExceeded RequestLimitExceeded RESOURCE_EXHAUSTED 53300 Throttl(e|ing)",
  quota: "high client never: 402 LimitExceeded OverLimit OOM (Limit|Quota|Count)(Exceed|Reached)|^TooMany",
  authorization:
    "high client" +
    " never: 403 AccessDenied EC2AccessDenied UnauthorizedOperation RegionDisabled OptInRequired EACCES EPERM NOPERM 42501 _?Denied|NotAuthorized|^Authoriz",
  authentication:
    "high client" +
    " after-refresh: 401 ExpiredToken TokenRefreshRequired UnrecognizedClient InvalidClientTokenId InvalidToken RequestExpired RequestInTheFuture RequestTimeTooSkewed" +
    " transient: SignatureExpired" +
    " never: AuthFailure InvalidSignature SignatureDoesNotMatch IDPRejectedClaim InvalidGrant NOAUTH WRONGPASS 28 ^Unauth|Signature|AccessKey|Authentic|IdentityToken|ProviderError$|^ERR_(CREDENTIALS|ASSUME_ROLE)",
  encryption:
    "high client" +
    " never: Disabled DecryptionFailure ^KMS|cryption|^IncorrectKey|Ciphertext" +
    " transient: KeyUnavailable",
  "not-found":
    "medium client" +
    " never: 404 410 ResourceNotFound ENOENT NOSCRIPT 3D 42P01 Not_?Found|^NoSuch|DoesNotExist|NonExistent",
  conflict:
    "low client" +
    " never: 412 ConditionalCheckFailed PreconditionFailed TransactionCanceled NameConflict EEXIST EADDRINUSE 23505 ^BUSY|Exists|^Duplicate|Already|NameInUse" +
    " transient: 409 423 425 EBUSY EAGAIN 40 55006 55P03 InUse|Conflict|Concurrent|Aborted|Temporarily" +
    " throttling: ^PriorRequest|^TransactionInProg",
  service:
    "medium server" +
    " transient: 500 503 InternalServiceError ServiceUnavailable IDPCommunicationError ReplicatedWriteConflict ModelNotReady UNAVAILABLE BUSY LOADING TRYAGAIN READONLY NOREPLICAS 53 57 DOWN$|^(Internal|Service)" +
    " if-idempotent: 502 504" +
    " never: 501 UNIMPLEMENTED INTERNAL",
  storage:
    "high caller" +
    " never: ENOSPC EDQUOT EROFS EIO DATA_LOSS MISCONF 53100 58 SQLITE|^ERR_JOURNAL_(STORE|FULL|BROKEN|DAMAGED|CORRUPT)",
  state:
    "high client" +
    " transient: NotReady(Exception)?$" +
    " never: PreconditionNotMet DeleteConflict EXECABORT 25 26 55 _Precondition|State(Exception)?$|Unmodifiable|^ERR_JOURNAL",
  validation:
    "medium client" +
    " never: 400 Validation InvalidRequest ERR_JOURNAL_INPUT OUT_OF_RANGE ERR 22 23 54 ^(Invalid|Malformed)|Validation|Mismatch",
  provisioning: "high server transient: ^Insufficient.*Capacity",
  "circuit-open": "medium server never: ERR_CIRCUIT_OPEN EOPENBREAKER isBrokenCircuitError",
  "limit-reached":
    "medium caller" +
    " transient: ERR_LIMIT_REACHED isBulkheadRejectedError ERR_POOL_SATURATED EMFILE ENFILE ENOBUFS EADDRNOTAVAIL",
  unknown: "medium caller never: UNKNOWN",
};

const advices = new Set<unknown>();
const standards = new Map<unknown, readonly [Severity, Fault]>();
const listed = new Map<unknown, Verdict>();
const worded: (readonly [RegExp, Verdict])[] = [];

for (const [kind, text] of Object.entries(knowledge)) {
  const [severity, fault, ...words] = text.split(" ") as [Severity, Fault, ...string[]];
  standards.set(kind, [severity, fault]);
  let retry = "";
  for (const word of words) {
    const verdict = { kind, retry, fault, severity, refine: refinements[word] } as Verdict;
    if (word.endsWith(":")) {
      retry = word.slice(0, -1);
      advices.add(retry);
    } else if (/\W/.test(word)) worded.push([RegExp(word, "i"), verdict]);
    else listed.set(word, verdict).set(`${word}Exception`, verdict);
  }
}

/** What each known code says, `X` and `XException` alike. */
export const verdictByCode: ReadonlyMap<unknown, Verdict> = listed;

const kept = new Map<string, Verdict | false>();

/** What the wording of a code says that is not listed. */
export function verdictByWording(code = ""): Verdict | undefined {
  let verdict = kept.get(code);
  if (verdict === undefined) {
    verdict = worded.find(([wording]) => wording.test(code))?.[1] ?? false;
    // A code is worded the same for ever; only so many are kept and so long, as a code may be anything.
    if (kept.size < 500 && code.length < 100) kept.set(code, verdict);
  }
  return verdict || undefined;
}

/** What is known of errors of a kind, or `undefined` if it is no kind of ours. */
export function severityAndFaultOf(kind: unknown): readonly [Severity, Fault] | undefined {
  return standards.get(kind);
}

export function isAdvice(word: unknown): word is RetryAdvice {
  return advices.has(word);
}
