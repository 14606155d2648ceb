import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createClientFactory } from "@holdfast/client-factory";
import { attemptsOf, classify, defineErrors } from "@holdfast/errors";
import { type FaultEffect, type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { presets, retry } from "@holdfast/retry";
import { noWait } from "@holdfast/retry/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

// The retry of a secrets replicator on real clients: five attempts, and what AWS said last.
const place = { account: "111122223333", region: "eu-west-1" };
const ask = new GetSecretValueCommand({ SecretId: "app/db" });
let aws: LocalAws;

beforeEach(async () => {
  aws = await startLocalAws({ quotas: false });
  aws.createSecret({ ...place, name: "app/db", value: "one" });
});
afterEach(() => aws.close());

const requests = () => aws.calls({ operation: "GetSecretValue" }).length;

describe("five attempts with 2, 4, 8 and 16 s between", () => {
  test.each([
    ["throttling", { fault: "throttle" }, "ThrottlingException", "throttling"],
    [
      "an internal error",
      { fault: "error", status: 500, code: "InternalServiceError" },
      "InternalServiceError",
      "service",
    ],
  ] as const)("of %s; then its own error, with its ledger, untouched", async (_, fault, name, kind) => {
    const { clock } = noWait();
    aws.faults.add({ operation: "GetSecretValue", ...fault });
    await using factory = createClientFactory({
      ...aws.clientConfig(place),
      localOnly: true,
      policy: retry(presets.secretsReplicator({ clock, random: () => 0.5 })),
    });
    const error = await factory
      .client(SecretsManagerClient)
      .send(ask)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name });
    expect(classify(error).kind).toBe(kind);
    expect(attemptsOf(error)).toMatchObject({ stopReason: "attempts", attempts: { length: 5 } });
    expect(clock.waits).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(requests()).toBe(5);
  });

  test("each pause is spread by up to 10 % to either side", async () => {
    for (const [chance, waits] of [
      [0, [1_800, 3_600, 7_200, 14_400]],
      [0.75, [2_100, 4_200, 8_400, 16_800]],
    ] as const) {
      const { clock } = noWait();
      const throttled = Object.assign(new Error("slow down"), { name: "ThrottlingException" });
      const call = retry(presets.secretsReplicator({ clock, random: () => chance })).execute(() =>
        Promise.reject(throttled),
      );
      await call.catch(() => {});
      expect(clock.waits.map(Math.round)).toEqual(waits);
    }
  });
});

describe("errors of a hierarchy by meaning, made of what AWS answers", () => {
  const about = ({ name }: { name: string }) => `Secret ${name} could not be read`;
  const { SecretError, ...errors } = defineErrors({
    SecretError: { kind: "service", message: about },
    SecretNotFoundError: { extends: "SecretError", kind: "not-found", message: about },
    SecretAccessError: { extends: "SecretError", kind: "authorization", message: about },
    InvalidSecretRequestError: { extends: "SecretError", kind: "validation", message: about },
    SecretThrottledError: { extends: "SecretError", kind: "throttling", message: about },
    SecretInternalError: { extends: "SecretError", kind: "service", message: about },
  });
  const byKind = new Map(Object.values(errors).map((Type) => [classify(new Type({ name: "" })).kind, Type]));

  test.each<[string, FaultEffect]>([
    ["SecretNotFoundError", { fault: "error", status: 400, code: "ResourceNotFoundException" }],
    ["SecretAccessError", { fault: "denied" }],
    ["InvalidSecretRequestError", { fault: "error", status: 400, code: "InvalidParameterException" }],
    ["SecretThrottledError", { fault: "throttle" }],
    ["SecretInternalError", { fault: "error", status: 500, code: "InternalServiceError" }],
  ])("%s", async (name, fault) => {
    aws.faults.add({ operation: "GetSecretValue", ...fault });
    await using factory = createClientFactory({
      ...aws.clientConfig(place),
      localOnly: true,
      policy: retry({ maxAttempts: 1 }),
    });
    const cause = await factory
      .client(SecretsManagerClient)
      .send(ask)
      .catch((caught: unknown) => caught);
    const Type = byKind.get(classify(cause).kind) ?? SecretError;
    const error = new Type({ name: "app/db" }, { cause });
    expect(error).toMatchObject({ name, message: "Secret app/db could not be read", cause });
    expect(error).toBeInstanceOf(SecretError);
    expect(classify(error).kind).toBe(classify(cause).kind);
  });
});

test("a retry around the whole work and one inside its clients make five requests, not 25, if the outer is told the inner is single", async () => {
  const { clock } = noWait();
  aws.faults.add({ operation: "GetSecretValue", fault: "throttle" });
  const quick = { clock, random: () => 0.5 };
  await using factory = createClientFactory({
    ...aws.clientConfig(place),
    localOnly: true,
    policy: retry(presets.secretsReplicator({ ...quick, nested: "single" })),
  });
  const client = factory.client(SecretsManagerClient);
  const outer = retry(presets.secretsReplicator({ ...quick, nested: "single" }));
  await expect(outer.execute(() => client.send(ask))).rejects.toMatchObject({ name: "ThrottlingException" });
  expect(requests()).toBe(5);
});
