import { type ErrorFields, fieldsOf, messageOf } from "./error-fields.ts";
import type { Refine } from "./verdict.ts";
import {
  contended,
  localLimit,
  misconfigured,
  staleSignature,
  timedOut,
  timedOutBeforeEffect,
  tooFast,
  wrongState,
} from "./verdicts.ts";

// Codes that mean several things. Where a message is read, AWS or the platform gives nothing else to tell by.

// LimitExceededException is a quota, but a rate in the services whose API reference says "try again".
const servicesWhereLimitMeansRate = /^(dynamodb|kinesis|api-?gateway|cognito)/i;

export const limitOfService: Refine = (quota, { service = "" }) =>
  servicesWhereLimitMeansRate.test(service) ? tooFast : quota;

// The same code says "wrong key" and "signed too long ago"; only the text tells. A new attempt is signed anew.
export const signatureAge: Refine = (wrongKey, { error, metadata }) =>
  clockCorrected(metadata) || /Signature (expired|not yet current)/.test(messageOf(error)) ? staleSignature : wrongKey;

/** The SDK has just set its clock by the answer; the next attempt is signed with the right time. */
export const clockSkew: Refine = (verdict, { metadata }) =>
  clockCorrected(metadata) ? { ...verdict, retry: "transient" } : verdict;

function clockCorrected(metadata: ErrorFields | undefined): boolean {
  return metadata?.clockSkewCorrected === true;
}

// The SDK's connection timeout has no code. It strikes a host that does not answer and a pool without a free socket alike.
export const connectionTimeout: Refine = (ambiguous, { error, context }) => {
  if (!messageOf(error).includes("did not establish a connection")) return ambiguous;
  return (context?.queuedRequests ?? 0) > 0 ? localLimit : timedOutBeforeEffect;
};

/** What fails before the request is written cannot have taken effect. */
export const beforeSending: Refine = (verdict, { error }) =>
  error.syscall === "connect" ? { ...verdict, retry: "transient" } : verdict;

// HTTP/2 has one code for all stream errors; a refused stream was not processed (RFC 9113, 8.7).
export const refusedStream: Refine = (verdict, { error }) =>
  messageOf(error).includes("NGHTTP2_REFUSED_STREAM") ? { ...verdict, retry: "transient" } : verdict;

// `AbortSignal.timeout` reaches SDK callers as an AbortError: with the TimeoutError as its cause, if the SDK's retry
// loop has not thrown it away; then only the signal itself still knows.
export const abortReason: Refine = (aborted, { error, context }) =>
  fieldsOf(error.cause ?? context?.signal?.reason)?.name === "TimeoutError" ? timedOut : aborted;

// Secrets Manager has one code for malformed requests and for a secret on its way out.
export const deletionPending: Refine = (invalid, { error }) =>
  /(scheduled|marked) for deletion/.test(messageOf(error)) ? wrongState : invalid;

const retryableCancellation = /^(None|TransactionConflict|ThrottlingError|ProvisionedThroughputExceeded)$/;

/** DynamoDB cancels a transaction for a reason per item; it may pass if every reason may. */
export const cancellationReasons: Refine = (cancelled, { error }) => {
  const reasons = error.CancellationReasons;
  return Array.isArray(reasons) &&
    reasons.length > 0 &&
    reasons.every((reason) => retryableCancellation.test(String(fieldsOf(reason)?.Code)))
    ? contended
    : cancelled;
};

const awsHost = /(?:^|\.)([^.]+)\.amazonaws\.com(?:\.cn)?$/;
const regionShape = /^[a-z]{2,3}(-(gov|iso[a-z]?))?-(north|south|central|(north|south)?(east|west))-\d$/;

/** A host that DNS does not know may be a resolver's bad moment, but not when its region is no region. */
export const unknownHost: Refine = (unreachable, { error }) => {
  const region = awsHost.exec(String(error.hostname))?.[1];
  return region?.includes("-") && !region.startsWith("s3-") && !regionShape.test(region) ? misconfigured : unreachable;
};
