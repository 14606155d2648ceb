import { loosely, messageOf } from "./error-fields.ts";
import type { Refine } from "./verdict.ts";

// Codes that mean several things, and the code that the error should rather have had. Where a message is read, AWS or
// the platform gives nothing else to tell by.

/** The SDK has just set its clock by the answer; the next attempt is signed with the right time. */
const clockSkew: Refine = (_error, _context, metadata) =>
  metadata?.clockSkewCorrected ? "SignatureExpired" : undefined;

// The same code says "wrong key" and "signed too long ago"; only the text tells.
const signatureAge: Refine = (error, context, metadata, service) =>
  clockSkew(error, context, metadata, service) ||
  (/Signature (expired|not yet)/.test(messageOf(error)) && "SignatureExpired");

/** What fails before the request is written cannot have taken effect. */
const whileConnecting =
  (code: string): Refine =>
  ({ syscall }) =>
    syscall === "connect" && code;

// `AbortSignal.timeout` reaches callers of the SDK and of axios as an abort: with the TimeoutError as its cause, if the
// SDK's retry loop has not thrown it away; then only the signal itself still knows.
const abortReason: Refine = ({ cause }, { signal }) =>
  loosely(cause ?? signal?.reason)?.name === "TimeoutError" && "ERR_TIMEOUT";

// A host that DNS does not know may be a resolver's bad moment, but not when its region is no region.
const strangeRegion =
  /(^|\.)(?!s3-|[a-z]+(-gov|-iso\w?)?-(central|north|south|east|west)+-\d\.)[^.]*-[^.]*\.amazonaws\.com/;

export const refinements: Readonly<Record<string, Refine>> = {
  // A quota, but a rate in the services whose API reference says "try again".
  LimitExceeded: (_error, _context, _metadata, service) =>
    /^(dynamodb|kinesis|api-?gateway|cognito)/i.test(`${service}`) && "429",
  AuthFailure: clockSkew,
  AccessDenied: clockSkew,
  RequestExpired: clockSkew,
  RequestInTheFuture: clockSkew,
  RequestTimeTooSkewed: clockSkew,
  InvalidSignature: signatureAge,
  SignatureDoesNotMatch: signatureAge,
  // The SDK's connection timeout has no code. It strikes a host that does not answer and a pool without a free socket alike.
  TimeoutError: (error, context) =>
    /did not establish/.test(messageOf(error)) && (context.queuedRequests ? "ERR_POOL_SATURATED" : "408"),
  ETIMEDOUT: whileConnecting("408"),
  ECONNRESET: whileConnecting("ECONNREFUSED"),
  // HTTP/2 has one code for all stream errors; a refused stream was not processed (RFC 9113, 8.7).
  ERR_HTTP2_STREAM_ERROR: (error) => /REFUSED_STREAM/.test(messageOf(error)) && "ECONNREFUSED",
  AbortError: abortReason,
  ERR_CANCELED: abortReason, // axios
  // Secrets Manager has one code for malformed requests and for a secret on its way out.
  InvalidRequest: (error) => /for deletion/.test(messageOf(error)) && "PreconditionNotMet",
  // DynamoDB cancels a transaction for a reason per item; it may pass if every reason may.
  TransactionCanceled: ({ CancellationReasons: reasons }) =>
    Array.isArray(reasons) &&
    reasons.length > 0 &&
    reasons.every((reason) => /^None|Conflict|Throttling|Throughput/.test(reason?.Code)) &&
    "409",
  ENOTFOUND: ({ hostname }) => strangeRegion.test(`${hostname}`) && "ERR_REGION",
};
