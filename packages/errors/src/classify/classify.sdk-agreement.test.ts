import { createRequire } from "node:module";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { classify } from "../index.ts";

// Holds `classify` against the AWS SDK's own predicates, code by code and status by status. They must agree that
// something is throttling, and that it is worth a retry at all, except where the list below says why not.

interface Predicates {
  isThrottlingError(error: unknown): boolean;
  isTransientError(error: unknown): boolean;
}
const require = createRequire(createRequire(import.meta.url).resolve("@aws-sdk/client-secrets-manager"));
const sdk: Predicates = require("@smithy/core/retry");

type Advice = "throttling" | "transient" | "never";

function sdkAdvice(error: unknown): Advice {
  return sdk.isThrottlingError(error) ? "throttling" : sdk.isTransientError(error) ? "transient" : "never";
}

function ourAdvice(error: unknown): Advice {
  const { retry } = classify(error);
  return retry === "throttling" || retry === "never" ? retry : "transient";
}

const throttling =
  "BandwidthLimitExceeded EC2ThrottledException PriorRequestNotComplete ProvisionedThroughputExceededException RequestLimitExceeded RequestThrottled RequestThrottledException SlowDown ThrottledException Throttling ThrottlingException TooManyRequestsException TransactionInProgressException";
const transient = "TimeoutError RequestTimeout RequestTimeoutException";
const final =
  "AccessDeniedException AccessDenied ValidationException ValidationError ResourceNotFoundException ServiceQuotaExceededException MalformedPolicyDocument InvalidParameterException InvalidRequestException ResourceExistsException PreconditionNotMetException EncryptionFailure DecryptionFailure PublicPolicyException PackedPolicyTooLarge RegionDisabled IDPRejectedClaim InvalidIdentityToken ConditionalCheckFailedException TransactionCanceledException SignatureDoesNotMatch AuthFailure IncompleteSignature MissingAuthenticationToken OptInRequired NoSuchKey NoSuchBucket InvalidNextTokenException IdempotentParameterMismatchException";
const words = (list: string): readonly string[] => list.split(" ");

/** Where we knowingly differ at status 400, and why. */
const corrections: Readonly<Record<string, readonly [ours: Advice, why: string]>> = {
  LimitExceededException: ["never", "a quota of resources: waiting does not make room"],
  ExpiredTokenException: ["transient", "new credentials are accepted"],
  ExpiredToken: ["transient", "new credentials are accepted"],
  UnrecognizedClientException: ["transient", "new credentials may be accepted"],
  RequestExpired: ["transient", "a newly signed request is accepted"],
  RequestTimeTooSkewed: ["transient", "a request signed by the right clock is accepted"],
  RequestInTheFuture: ["transient", "a request signed by the right clock is accepted"],
  ConflictException: ["transient", "another change is under way and ends"],
  OperationAborted: ["transient", "another change is under way and ends"],
  ResourceInUseException: ["transient", "another change is under way and ends"],
  TransactionConflictException: ["transient", "another transaction is under way and ends"],
  ConcurrentModificationException: ["transient", "read anew, then write"],
  InternalFailure: ["transient", "the service failed, whatever the status"],
  InternalError: ["transient", "the service failed, whatever the status"],
  InternalServerError: ["transient", "the service failed, whatever the status"],
  ServiceUnavailable: ["transient", "the service failed, whatever the status"],
  ServiceException: ["transient", "the service failed, whatever the status"],
  KmsThrottled: ["throttling", "KMS throttled the service that called it"],
};

let aws: LocalAws;
let client: SecretsManagerClient;

beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
  client = new SecretsManagerClient({ ...aws.clientConfig(), maxAttempts: 1 });
});
afterAll(() => aws.close());

/** What a real client throws when the service answers so. */
async function answered(code: string, status: number, message = "m"): Promise<Error> {
  const { remove } = aws.faults.add({ fault: "error", status, code, message });
  try {
    await client.send(new GetSecretValueCommand({ SecretId: "a" }));
  } catch (error) {
    return error as Error;
  } finally {
    remove();
  }
  throw new Error("the call succeeded");
}

describe("at status 400", () => {
  test.each([...words(throttling), ...words(transient), ...words(final)])("%s: as the SDK", async (name) => {
    const error = await answered(name, 400);
    expect(ourAdvice(error)).toBe(sdkAdvice(error));
  });

  test.each(Object.entries(corrections))("%s: not as the SDK", async (name, [ours]) => {
    const error = await answered(name, 400);
    expect(ourAdvice(error)).toBe(ours);
    expect(sdkAdvice(error)).not.toBe(ours); // when the SDK comes round, this list shrinks
  });

  test.each([...words(throttling), ...words(final), ...Object.keys(corrections)])(
    "%s with and without Exception",
    async (name) => {
      const stem = name.replace(/Exception$/, "");
      const { code: _c1, requestId: _r1, ...withSuffix } = classify(await answered(`${stem}Exception`, 400));
      const { code: _c2, requestId: _r2, ...without } = classify(await answered(stem, 400));
      expect(withSuffix).toEqual(without);
    },
  );
});

describe("the kind, which the SDK does not tell", () => {
  test.each([
    [
      "authentication",
      "ExpiredToken TokenRefreshRequired UnrecognizedClient InvalidClientTokenId InvalidSignature IncompleteSignature MissingAuthenticationToken IDPRejectedClaim InvalidGrant UnauthorizedException",
    ],
    [
      "authorization",
      "AccessDenied UnauthorizedOperation AuthorizationError OptInRequired RegionDisabled KMSAccessDenied NotAuthorized",
    ],
    ["not-found", "ResourceNotFound NoSuchKey NoSuchEntity QueueDoesNotExist ParameterNotFound"],
    [
      "conflict",
      "ResourceExists EntityAlreadyExists ConditionalCheckFailed BucketAlreadyOwnedByYou NameConflict TableInUse TransactionInProgress",
    ],
    ["state", "PreconditionNotMet DeleteConflict InvalidObjectState UnmodifiableEntity ResourceNotReady"],
    [
      "quota",
      "ServiceQuotaExceeded LimitExceeded ResourceLimitExceeded TooManyTagsError AddressLimitReached OverLimit",
    ],
    [
      "validation",
      "Validation InvalidParameterValue InvalidNextToken MalformedPolicyDocument PackedPolicyTooLarge UnsupportedOperation IdempotentParameterMismatch",
    ],
    [
      "encryption",
      "DecryptionFailure EncryptionFailure KMSInvalidState KmsDisabled Disabled IncorrectKey InvalidCiphertext KeyUnavailable",
    ],
    ["service", "InternalServiceError ServiceFailure IDPCommunicationError ModelNotReady"],
    ["provisioning", "InsufficientInstanceCapacity"],
    ["configuration", "PermanentRedirect"],
  ])("%s: %s", async (kind, codes) => {
    for (const code of words(codes)) expect(classify(await answered(code, 400)).kind, code).toBe(kind);
  });
});

describe("whatever the code, by status", () => {
  test.each([
    402, 403, 404, 405, 406, 410, 411, 412, 413, 414, 415, 422, 429, 500, 501, 502, 503, 504, 505, 507, 511, 520,
  ])("%i: as the SDK", async (status) => {
    const error = await answered("NobodyKnowsThisCode", status);
    expect(ourAdvice(error)).toBe(sdkAdvice(error));
  });

  test.each([
    [401, "new credentials may be accepted"],
    [408, "the service waited for the request in vain"],
    [409, "another change is under way and ends"],
    [423, "what is locked is unlocked"],
    [425, "too early: later it is not"],
  ])("%i: retried, though not by the SDK: %s", async (status) => {
    const error = await answered("NobodyKnowsThisCode", status);
    expect([ourAdvice(error), sdkAdvice(error)]).toEqual(["transient", "never"]);
  });

  test("a code worded like a mistake of the caller, with a status of 500, is the service's failure all the same", async () => {
    const error = await answered("FrobNotFoundException", 500);
    expect(classify(error)).toMatchObject({ kind: "service", retry: "transient" });
    expect(sdkAdvice(error)).toBe("transient");
  });

  test("429 outdoes a code that says never", async () => {
    const error = await answered("AccessDeniedException", 429);
    expect(classify(error)).toMatchObject({ kind: "throttling", retry: "throttling", code: "AccessDeniedException" });
    expect(sdkAdvice(error)).toBe("throttling");
  });

  test("an entity that cannot be changed for the moment can be later", async () => {
    const error = await answered("EntityTemporarilyUnmodifiableException", 409);
    expect(classify(error)).toMatchObject({ kind: "conflict", retry: "transient" });
  });

  test("a 502 of Lambda that says the function's own set-up is wrong is final, though the SDK retries it", async () => {
    const error = await answered("EC2AccessDeniedException", 502);
    expect([ourAdvice(error), sdkAdvice(error)]).toEqual(["never", "transient"]);
  });
});

describe("by system code", () => {
  const failed = (code: string): Error => Object.assign(new Error("m"), { code, syscall: "read" });

  test.each(
    words(
      "ECONNRESET ECONNREFUSED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN ENOENT EACCES ENOSPC EEXIST",
    ),
  )("%s: as the SDK", (code) => {
    expect(ourAdvice(failed(code))).toBe(sdkAdvice(failed(code)));
  });

  test.each(
    words("ECONNABORTED EPROTO UND_ERR_SOCKET UND_ERR_HEADERS_TIMEOUT EMFILE ERR_STREAM_PREMATURE_CLOSE EBUSY"),
  )("%s: retried, though not by the SDK", (code) => {
    expect([ourAdvice(failed(code)), sdkAdvice(failed(code))]).toEqual(["transient", "never"]);
  });

  test.each(
    words("CERT_HAS_EXPIRED SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE ERR_TLS_CERT_ALTNAME_INVALID"),
  )("%s: a setting", (code) => {
    expect(classify(failed(code))).toMatchObject({ kind: "configuration", retry: "never" });
  });

  test("a failure to connect has had no effect; one to read may have had", () => {
    const reset = (syscall: string): Error => Object.assign(new Error("m"), { code: "ECONNRESET", syscall });
    expect(classify(reset("connect")).retry).toBe("transient");
    expect(classify(reset("read")).retry).toBe("if-idempotent");
  });

  test("an HTTP/2 stream that was refused has had no effect", () => {
    const stream = (text: string): Error => Object.assign(new Error(text), { code: "ERR_HTTP2_STREAM_ERROR" });
    const refused = stream("Stream closed with error code NGHTTP2_REFUSED_STREAM");
    expect(classify(refused).retry).toBe("transient");
    expect(sdk.isTransientError(refused)).toBe(true);
    expect(classify(stream("Stream closed with error code NGHTTP2_INTERNAL_ERROR")).retry).toBe("if-idempotent");
  });
});

describe("what goes with the code", () => {
  test.each(["AccessDeniedException", "AuthFailure", "RequestTimeTooSkewed", "InvalidSignatureException"])(
    "%s after the SDK corrected its clock is worth a retry",
    async (name) => {
      const error = Object.assign(await answered(name, 400), {
        $metadata: { httpStatusCode: 400, clockSkewCorrected: true },
      });
      expect([ourAdvice(error), sdkAdvice(error)]).toEqual(["transient", "transient"]);
    },
  );

  test("ResourceNotFound is final, though the SDK retries it when the clock happened to be off", async () => {
    const error = Object.assign(await answered("ResourceNotFoundException", 400), {
      $metadata: { httpStatusCode: 400, clockSkewCorrected: true },
    });
    expect([ourAdvice(error), sdkAdvice(error)]).toEqual(["never", "transient"]);
  });

  test("a signature that expired is made anew; a wrong key stays wrong", async () => {
    const signature = (text: string): Promise<Error> => answered("InvalidSignatureException", 403, text);
    const expired = await signature("Signature expired: 20260101T000000Z is now earlier than …");
    expect([ourAdvice(expired), sdkAdvice(expired)]).toEqual(["transient", "transient"]);
    const wrongKey = await signature("The request signature we calculated does not match");
    expect([ourAdvice(wrongKey), sdkAdvice(wrongKey)]).toEqual(["never", "never"]);
  });

  test("the model's own trait outdoes a code that says never", async () => {
    const traited = Object.assign(await answered("ValidationException", 400), { $retryable: {} });
    expect([ourAdvice(traited), sdkAdvice(traited)]).toEqual(["transient", "transient"]);
    const throttled = Object.assign(await answered("ValidationException", 400), { $retryable: { throttling: true } });
    expect([ourAdvice(throttled), sdkAdvice(throttled)]).toEqual(["throttling", "throttling"]);
  });

  test("a known code outdoes its cause, though the SDK looks at the cause", async () => {
    const error = Object.assign(await answered("ValidationException", 400), {
      cause: Object.assign(new Error("m"), { code: "ECONNRESET" }),
    });
    expect([ourAdvice(error), sdkAdvice(error)]).toEqual(["never", "transient"]);
  });

  test("LimitExceededException is a rate where the context says so", () => {
    const error = Object.assign(new Error("m"), { name: "LimitExceededException", $metadata: { httpStatusCode: 400 } });
    expect(classify(error).kind).toBe("quota");
    expect(classify(error, { service: "SecretsManager" }).kind).toBe("quota");
    expect(classify(error, { service: "DynamoDB" }).kind).toBe("throttling");
    expect(classify(error, { service: "Kinesis" }).kind).toBe("throttling");
  });

  test("a mistake of the SDK itself is a defect", () => {
    expect(classify(Object.assign(new TypeError("m"), { name: "SmithyTypeError", $source: "smithy" })).kind).toBe(
      "defect",
    );
  });
});
