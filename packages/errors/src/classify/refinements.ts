import { fieldsOf, messageOf } from "./error-fields.ts";
import type { Evidence } from "./evidence.ts";
import type { Refine } from "./verdict.ts";

// Codes that mean several things, and the code that the error should rather have had. Where a message is read, AWS or
// the platform gives nothing else to tell by.

// A quota, but a rate in the services whose API reference says "try again".
const limitOfService: Refine = ({ service = "" }) => /^(dynamodb|kinesis|api-?gateway|cognito)/i.test(service) && "429";

/** The SDK has just set its clock by the answer; the next attempt is signed with the right time. */
const clockSkew: Refine = ({ metadata }) => metadata?.clockSkewCorrected === true && "SignatureExpired";

// The same code says "wrong key" and "signed too long ago"; only the text tells.
const signatureAge: Refine = (evidence) =>
  clockSkew(evidence) || (/Signature (expired|not yet current)/.test(messageOf(evidence.error)) && "SignatureExpired");

// The SDK's connection timeout has no code. It strikes a host that does not answer and a pool without a free socket alike.
const connectionTimeout: Refine = ({ error, context }) =>
  messageOf(error).includes("did not establish a connection") &&
  ((context?.queuedRequests ?? 0) > 0 ? "ERR_POOL_SATURATED" : "408");

/** What fails before the request is written cannot have taken effect. */
const whileConnecting = ({ error }: Evidence): boolean => error.syscall === "connect";

// `AbortSignal.timeout` reaches SDK callers as an AbortError: with the TimeoutError as its cause, if the SDK's retry
// loop has not thrown it away; then only the signal itself still knows.
const abortReason: Refine = ({ error, context }) =>
  fieldsOf(error.cause ?? context?.signal?.reason)?.name === "TimeoutError" && "ERR_TIMEOUT";

const retryableCancellation = /^(None|TransactionConflict|ThrottlingError|ProvisionedThroughputExceeded)$/;

/** DynamoDB cancels a transaction for a reason per item; it may pass if every reason may. */
const cancellationReasons: Refine = ({ error }) => {
  const reasons = error.CancellationReasons;
  return (
    Array.isArray(reasons) &&
    reasons.length > 0 &&
    reasons.every((reason) => retryableCancellation.test(`${fieldsOf(reason)?.Code}`)) &&
    "409"
  );
};

/** A host that DNS does not know may be a resolver's bad moment, but not when its region is no region. */
const unknownHost: Refine = ({ error }) => {
  const host = `${error.hostname}`;
  const end = host.indexOf(".amazonaws.com");
  const region = host.slice(host.lastIndexOf(".", end - 1) + 1, end);
  return end > 0 && region.includes("-") && !regionShape.test(region) && "ERR_REGION";
};

const regionShape = /^(s3-.*|[a-z]{2,3}(-(gov|iso\w?))?-(central|(north|south)?(east|west)?)-\d)$/;

export const refinements: Readonly<Record<string, Refine>> = {
  LimitExceeded: limitOfService,
  AuthFailure: clockSkew,
  AccessDenied: clockSkew,
  RequestExpired: clockSkew,
  RequestInTheFuture: clockSkew,
  RequestTimeTooSkewed: clockSkew,
  InvalidSignature: signatureAge,
  SignatureDoesNotMatch: signatureAge,
  TimeoutError: connectionTimeout,
  ETIMEDOUT: (evidence) => whileConnecting(evidence) && "408",
  ECONNRESET: (evidence) => whileConnecting(evidence) && "ECONNREFUSED",
  // HTTP/2 has one code for all stream errors; a refused stream was not processed (RFC 9113, 8.7).
  ERR_HTTP2_STREAM_ERROR: ({ error }) => messageOf(error).includes("NGHTTP2_REFUSED_STREAM") && "ECONNREFUSED",
  AbortError: abortReason,
  // Secrets Manager has one code for malformed requests and for a secret on its way out.
  InvalidRequest: ({ error }) => /(scheduled|marked) for deletion/.test(messageOf(error)) && "PreconditionNotMet",
  TransactionCanceled: cancellationReasons,
  ENOTFOUND: unknownHost,
};
