import { Readable } from "node:stream";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { circuitsByKey } from "@holdfast/circuit-breaker";
import { type ClientFactoryOptions, createClientFactory } from "@holdfast/client-factory";
import { attemptsOf, compose, describeError } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { adaptiveLimiter, bulkhead } from "@holdfast/limiter";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { constant, retry, timeout } from "@holdfast/retry";
import { wrap } from "cockatiel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.faults.clear();
  aws.clearCalls();
});

const factoryOf = (policy: NonNullable<ClientFactoryOptions["policy"]>) =>
  createClientFactory({ ...aws.clientConfig(), localOnly: true, policy });
const get = (id: string) => new GetSecretValueCommand({ SecretId: id });

test("our retry is the loop of every client of the factory, and leaves its ledger", async () => {
  await using factory = factoryOf(retry({ maxAttempts: 4, backoff: constant({ delayMs: 1 }) }));
  aws.faults.add({ fault: "error", status: 503 });
  const error: unknown = await factory
    .client(SecretsManagerClient)
    .send(get("x"))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ $metadata: { attempts: 4 } });
  expect(attemptsOf(error)).toMatchObject({ stopReason: "attempts" });
  expect(attemptsOf(error)?.attempts).toHaveLength(4);
  expect(aws.calls().map(({ attempt, maxAttempts }) => [attempt, maxAttempts])).toEqual([
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 4],
  ]);
});

test("retry, breaker per failure domain, and timeout in one: the open circuit stops its own region only", async () => {
  const circuits = circuitsByKey({ consecutiveFailures: 2 });
  await using factory = factoryOf(
    compose(retry({ maxAttempts: 2, backoff: constant({ delayMs: 1 }) }), circuits, timeout({ timeoutMs: 5_000 })),
  );
  aws.faults.add({ fault: "outage", region: "us-east-1" });
  const [east, west] = ["us-east-1", "eu-west-1"].map((region) => factory.client(SecretsManagerClient, { region }));
  await expect(east?.send(get("x"))).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  aws.clearCalls();
  await expect(east?.send(get("x"))).rejects.toMatchObject({
    code: "ERR_CIRCUIT_OPEN",
    circuit: expect.stringMatching(/^caller-\d+\/us-east-1\/SecretsManager\/GetSecretValue$/),
  });
  expect(aws.calls()).toHaveLength(0);
  await expect(west?.send(get("x"))).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("our policies inside cockatiel's wrap run clients too", async () => {
  await using factory = factoryOf(
    wrap(retry({ maxAttempts: 3, backoff: constant({ delayMs: 1 }) }), timeout({ timeoutMs: 5_000 })),
  );
  aws.faults.add({ fault: "throttle", times: 2 });
  await expect(
    factory.client(SecretsManagerClient).send(new CreateSecretCommand({ Name: "wrapped", SecretString: "v" })),
  ).resolves.toMatchObject({
    $metadata: { attempts: 3 },
  });
});

test("a timeout inside the policy ends the request itself, and retry makes another", async () => {
  const clock = manualClock(); // so that the second attempt has all the time of this machine
  await using factory = factoryOf(
    compose(retry({ maxAttempts: 2, backoff: 0, idempotent: true }), timeout({ timeoutMs: 80, clock })),
  );
  const hang = aws.faults.add({ fault: "hang", times: 1 });
  const sent = factory.client(STSClient).send(new GetCallerIdentityCommand({}));
  while (hang.applied === 0) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(80);
  await expect(sent).resolves.toMatchObject({ $metadata: { attempts: 2 } });
});

test("a stream is one attempt, and retry says why it stopped", async () => {
  await using factory = factoryOf(retry({ maxAttempts: 3, backoff: constant({ delayMs: 600_000 }) }));
  aws.respond({ service: "s3", reply: { raw: { status: 503, body: "<Error><Code>SlowDown</Code></Error>" } } });
  const client = factory.client(S3Client, {
    config: { forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" },
  });
  const Body = Readable.from([Buffer.alloc(10)]);
  const error: unknown = await client
    .send(new PutObjectCommand({ Bucket: "b", Key: "k", Body, ContentLength: 10 }))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "SlowDown", $metadata: { attempts: 1 } });
  expect(attemptsOf(error)?.stopReason).toBe("not-retryable");
});

test("renewing credentials inside a full bulkhead does not wait for itself", async () => {
  const roleArn = aws.createRole({ account: "444455556666", name: "Deploy", trusts: ["111122223333"] });
  await using factory = factoryOf(bulkhead({ maxConcurrent: 1, maxQueued: 100 }));
  const account = factory.assumeRole({ roleArn });
  const client = account.client(SecretsManagerClient);
  await expect(client.send(get("x"))).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  const [first] = aws.calls({ operation: "GetSecretValue" });
  aws.faults.add({ fault: "expired-credentials", when: ({ accessKeyId }) => accessKeyId === first?.accessKeyId });
  await Promise.all(
    Array.from({ length: 5 }, () =>
      expect(client.send(get("x"))).rejects.toMatchObject({ name: "ResourceNotFoundException" }),
    ),
  );
  expect(aws.calls({ operation: "AssumeRole" })).toHaveLength(2);
});

test("the adaptive limiter is told the account of a role, and keeps a scope for it", async () => {
  const roleArn = aws.createRole({ account: "777788889999", name: "Deploy", trusts: ["111122223333"] });
  const limiter = adaptiveLimiter();
  await using factory = factoryOf(compose(retry({ maxAttempts: 5 }), limiter));
  await factory
    .client(SecretsManagerClient, { role: roleArn })
    .send(new CreateSecretCommand({ Name: "limited", SecretString: "v" }));
  expect(Object.keys(limiter.snapshot().scopes).join()).toContain("777788889999");
});

test("a role that is refused is described with what to check", async () => {
  await using factory = createClientFactory({ ...aws.clientConfig(), localOnly: true });
  const account = factory.assumeRole({ roleArn: "arn:aws:iam::444455556666:role/Missing", externalId: "tenant" });
  const error: unknown = await account
    .client(STSClient)
    .send(new GetCallerIdentityCommand({}))
    .catch((reason: unknown) => reason);
  const described = describeError(error);
  expect(described).toContain("arn:aws:iam::444455556666:role/Missing");
  expect(described.split("sts:ExternalId")).toHaveLength(2); // once, though the error's message has its steps, too
});
