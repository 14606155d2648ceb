import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import { describeError } from "@holdfast/errors";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { renameByRules } from "../settings/rename-rule.ts";
import { parseSedScript } from "../transforms/sed-script.ts";
import { chain } from "../transforms/transform.ts";
import { differingSecrets, readRegionState } from "./compare-states.ts";
import { openReplicator, type ReplicationRequest, type Replicator, type ReplicatorEvent } from "./open-replicator.ts";
import { readSecretState } from "./secret-state.ts";

const sourceAccount = "111111111111";
const destinationAccount = "222222222222";
let aws: LocalAws;
let folder: string;
let source: SecretsManagerClient;
let destination: SecretsManagerClient;
let replicator: Replicator;
let events: ReplicatorEvent[];

beforeEach(async () => {
  aws = await startLocalAws({
    quotas: false,
    lags: { listMs: 0, forcedDeletionMs: 0 },
    roles: [{ account: destinationAccount, name: "replicator", trusts: [sourceAccount], externalId: "ours" }],
  });
  folder = await mkdtemp(join(tmpdir(), "replicate-test-"));
  source = new SecretsManagerClient(aws.clientConfig({ account: sourceAccount, region: "us-east-1" }));
  destination = new SecretsManagerClient(aws.clientConfig({ account: destinationAccount, region: "eu-west-1" }));
  events = [];
  const { endpoint, credentials } = aws.clientConfig({ account: sourceAccount, region: "us-east-1" });
  replicator = await openReplicator({
    journal: join(folder, "journal"),
    stepDeadlineMs: 60_000,
    settleMarginMs: 10,
    profile: undefined,
    localOnly: true,
    endpoint,
    credentials,
    metrics: { namespace: "Test", region: "eu-west-1" },
    onEvent: (event) => events.push(event),
  });
});

afterEach(async () => {
  await replicator.close();
  source.destroy();
  destination.destroy();
  await aws.close();
  await rm(folder, { recursive: true });
});

const run = (request: Partial<ReplicationRequest> = {}) =>
  replicator.run({
    from: "us-east-1",
    to: "eu-west-1",
    toRoleArn: `arn:aws:iam::${destinationAccount}:role/replicator`,
    externalId: "ours",
    filter: [],
    transform: undefined,
    rename: (name) => name,
    kmsKeyId: undefined,
    concurrency: 4,
    signal: new AbortController().signal,
    ...request,
  });
const create = (client: SecretsManagerClient, name: string, value: string | Uint8Array, more: object = {}) =>
  client.send(
    new CreateSecretCommand({
      Name: name,
      ...(typeof value === "string" ? { SecretString: value } : { SecretBinary: value }),
      ...more,
    }),
  );
const read = (name: string) => destination.send(new GetSecretValueCommand({ SecretId: name }));
const writesAtDestination = () =>
  aws
    .calls({ account: destinationAccount })
    .filter(({ operation }) => /^(Create|Put|Update|Tag|Untag|Delete)/.test(operation)).length;

describe("what arrives", () => {
  test("value, description and tags, across accounts", async () => {
    await create(source, "app/a", "one", { Description: "first", Tags: [{ Key: "team", Value: "a" }] });
    expect(await run()).toMatchObject({ outcome: "replicated", secrets: { created: 1 } });
    expect((await read("app/a")).SecretString).toBe("one");
    expect(await readSecretState(destination, "app/a")).toMatchObject({ description: "first", tags: { team: "a" } });
  });

  test("a binary value, byte for byte, with no transform run on it", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await create(source, "app/binary", bytes);
    await run({ transform: parseSedScript("s/./x/g") });
    expect((await read("app/binary")).SecretBinary).toEqual(bytes);
  });

  test("a value changed by sed scripts, in order", async () => {
    await create(source, "app/a", "host=us-east-1\n# note");
    await run({ transform: chain([parseSedScript("s/us-east-1/eu-west-1/"), parseSedScript("/^#/d\ns/host/HOST/")]) });
    expect((await read("app/a")).SecretString).toBe("HOST=eu-west-1");
  });

  test("only what the filters name, under the names the rules give; a replicator's own configuration never", async () => {
    for (const name of ["app/a", "app/b", "web/c", "secrets-replicator/config/main"]) await create(source, name, "one");
    const { secrets } = await run({
      filter: ["app/*", "secrets-replicator/*"],
      rename: renameByRules(["app/a=team/a"]),
    });
    expect(secrets).toMatchObject({ created: 1, skipped: 1 });
    expect(aws.secrets({ account: destinationAccount, region: "eu-west-1" }).map(({ name }) => name)).toEqual([
      "team/a",
    ]);
  });

  test("two secrets that would have one name are refused before anything is written", async () => {
    for (const name of ["app/a", "app/b"]) await create(source, name, "one");
    await expect(run({ rename: renameByRules(["app/*=one"]) })).rejects.toThrow(
      /app\/a and app\/b would both be one at the destination/,
    );
    expect(writesAtDestination()).toBe(0);
  });

  test("the key that is asked for", async () => {
    await create(source, "app/a", "one");
    await run({ kmsKeyId: "alias/replicas" });
    expect(await readSecretState(destination, "app/a")).toMatchObject({ kmsKeyId: "alias/replicas" });
  });
});

describe("what has not changed is not written", () => {
  test("a second run makes no writes", async () => {
    await create(source, "app/a", "one", { Description: "first", Tags: [{ Key: "team", Value: "a" }] });
    await create(source, "app/b", new Uint8Array([1, 2]));
    await run();
    const before = writesAtDestination();
    expect(await run()).toMatchObject({ outcome: "replicated", secrets: { unchanged: 2, created: 0, updated: 0 } });
    expect(writesAtDestination()).toBe(before);
  });

  test.each([
    ["the value", new PutSecretValueCommand({ SecretId: "app/a", SecretString: "two" }), ["PutSecretValue"]],
    ["a tag", new TagResourceCommand({ SecretId: "app/a", Tags: [{ Key: "more", Value: "yes" }] }), ["TagResource"]],
    ["a tag less", new UntagResourceCommand({ SecretId: "app/a", TagKeys: ["team"] }), ["UntagResource"]],
  ])("%s alone: that alone is written", async (_, change, written) => {
    await create(source, "app/a", "one", { Tags: [{ Key: "team", Value: "a" }] });
    await run();
    await source.send(change as PutSecretValueCommand);
    aws.clearCalls();
    expect(await run()).toMatchObject({ secrets: { updated: 1 } });
    const operations = aws
      .calls({ account: destinationAccount, service: "secretsmanager" })
      .map(({ operation }) => operation);
    expect(operations.filter((operation) => !/^(Describe|Get)/.test(operation))).toEqual(written);
  });
});

describe("when one fails", () => {
  test("every change is undone, and the state is what it was", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `app/${index + 1}`);
    for (const name of names) await create(source, name, "new", { Description: "new" });
    for (const name of names.slice(0, 6)) await create(destination, name, "old");
    const before = await readRegionState(destination, names);
    aws.faults.add({
      account: destinationAccount,
      operation: ["PutSecretValue", "CreateSecret"],
      skip: 6,
      fault: "denied",
    });
    const report = await run();
    expect(report).toMatchObject({
      outcome: "rolled-back",
      failure: { error: { name: "AccessDeniedException" } },
      parked: [],
    });
    expect(report.undone).toBeGreaterThanOrEqual(6);
    expect(differingSecrets(before, await readRegionState(destination, names))).toEqual([]);
    const undoneSteps = events.flatMap((event) =>
      event.type === "step" && event.change === "undone" ? [event.step] : [],
    );
    expect(undoneSteps).toEqual(undoneSteps.toSorted((one, other) => other - one));
  });

  test("what cannot be undone is named and left to a person", async () => {
    for (const name of ["app/1", "app/2"]) await create(source, name, "new");
    aws.faults.add({ operation: "CreateSecret", skip: 1, fault: "denied" });
    aws.faults.add({ operation: "DeleteSecret", fault: "denied" });
    const report = await run({ concurrency: 1 });
    expect(report).toMatchObject({ outcome: "parked", parked: ["create app/1"] });
  });

  test("an interruption stops new work and undoes what was done", async () => {
    for (let index = 1; index <= 8; index += 1) await create(source, `app/${index}`, "new");
    const interruption = new AbortController();
    let created = 0;
    aws.faults.add({
      operation: "CreateSecret",
      fault: "latency",
      latencyMs: 0,
      when: () => {
        created += 1;
        if (created === 3) interruption.abort(new Error("Interrupted"));
        return false;
      },
    });
    const report = await run({ concurrency: 1, signal: interruption.signal });
    expect(report).toMatchObject({ outcome: "rolled-back", secrets: { created: 3 } });
    expect(aws.secrets({ account: destinationAccount, region: "eu-west-1" })).toEqual([]);
  });

  test("a value that a transform leaves empty is an error that says so", async () => {
    await create(source, "app/a", "one");
    const { failure } = await run({ transform: parseSedScript("/one/d") });
    expect(failure?.error).toMatchObject({
      code: "REPLICATE_EMPTY",
      message: expect.stringContaining("app/a is empty"),
    });
  });

  test("a secret that waits for deletion at the destination is an error that says what to do", async () => {
    await create(source, "app/a", "one");
    await create(destination, "app/a", "old");
    await destination.send(new DeleteSecretCommand({ SecretId: "app/a" }));
    const { failure } = await run();
    expect(describeError(failure?.error)).toMatch(/app\/a is scheduled for deletion.*RestoreSecret/s);
  });
});

test("metrics of the run reach CloudWatch, and none holds a value", async () => {
  await create(source, "app/a", "canary-value");
  await run();
  await replicator.close();
  const sent = JSON.stringify(aws.calls({ service: "monitoring" }).map(({ input }) => input));
  expect(sent).toMatch(/replicationSuccess/i);
  expect(sent).not.toContain("canary-value");
});

test("localOnly refuses, before a byte is sent, a client that would reach AWS itself", async () => {
  const { credentials } = aws.clientConfig({ account: sourceAccount });
  await using stray = await openReplicator({
    journal: join(folder, "stray"),
    stepDeadlineMs: 60_000,
    settleMarginMs: 10,
    profile: undefined,
    localOnly: true,
    endpoint: undefined,
    credentials,
    onEvent: () => {},
  });
  const { from, to, ...rest } = { from: "us-east-1", to: "eu-west-1", toRoleArn: undefined, externalId: undefined };
  const request = {
    from,
    to,
    ...rest,
    filter: [],
    transform: undefined,
    rename: renameByRules([]),
    kmsKeyId: undefined,
    concurrency: 1,
  };
  await expect(stray.run({ ...request, signal: new AbortController().signal })).rejects.toThrow(
    /secretsmanager\.us-east-1\.amazonaws\.com/,
  );
});
