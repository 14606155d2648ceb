import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { classify, describeError } from "@holdfast/errors";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { constant, retry } from "@holdfast/retry";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

// What hand-made classifiers got wrong, seen from the wire: how often the service was really asked.

let aws: LocalAws;
let client: SecretsManagerClient;

beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
  client = new SecretsManagerClient({ ...aws.clientConfig(), maxAttempts: 1 });
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.faults.clear();
  aws.clearCalls();
});

const text = "connection timeout; please retry, throttled, rate exceeded";

test.each([
  ["AccessDeniedException", 400, 1],
  ["LimitExceededException", 400, 1],
  ["ServiceQuotaExceededException", 402, 1],
  ["ResourceNotFoundException", 400, 1],
  ["ValidationException", 400, 1],
  ["ThrottlingException", 400, 3],
  ["InternalServiceError", 500, 3],
])("%s (%i), whose text speaks of connections and throttling, is asked for %i times", async (code, status, times) => {
  aws.faults.add({ fault: "error", status, code, message: text });
  const policy = retry({ maxAttempts: 3, backoff: constant({ delayMs: 0 }) });
  const error = await policy
    .execute(() => client.send(new GetSecretValueCommand({ SecretId: "a" })))
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(aws.calls()).toHaveLength(times);
  expect(classify(error).code).toBe(code); // the service's own error, not a wrapper
  expect(describeError(error)).toContain(code);
});
