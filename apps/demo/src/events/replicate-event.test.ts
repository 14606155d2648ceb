// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax of a transform's variables
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readEnvironment } from "../settings/environment.ts";
import { type EventHandler, openEventHandler } from "./handle-event.ts";

const account = "111111111111";
const otherAccount = "222222222222";
const region = "us-east-1";
const roleArn = `arn:aws:iam::${otherAccount}:role/replicator`;
const { signal } = new AbortController();
let aws: LocalAws;
let folder: string;
let source: SecretsManagerClient;
let handler: EventHandler | undefined;

beforeEach(async () => {
  aws = await startLocalAws({
    quotas: false,
    lags: { listMs: 0, forcedDeletionMs: 0 },
    roles: [{ account: otherAccount, name: "replicator", trusts: [account], externalId: "ours" }],
  });
  folder = await mkdtemp(join(tmpdir(), "replicate-event-"));
  source = new SecretsManagerClient(aws.clientConfig({ account, region }));
  for (const [name, value] of Object.entries(aws.environment({ account, region }))) vi.stubEnv(name, value);
});

afterEach(async () => {
  await handler?.close();
  handler = undefined;
  vi.unstubAllEnvs();
  source.destroy();
  await aws.close();
  await rm(folder, { recursive: true });
});

const put = (name: string, value: string | Uint8Array | object, more: object = {}) =>
  source.send(
    new CreateSecretCommand({
      Name: name,
      ...(value instanceof Uint8Array
        ? { SecretBinary: value }
        : { SecretString: typeof value === "string" ? value : JSON.stringify(value) }),
      ...more,
    }),
  );
const configure = (destinations: object) => put("secrets-replicator/config/destinations", destinations);
const open = async (env: Record<string, string> = {}) => {
  handler = await openEventHandler({
    environment: readEnvironment({ JOURNAL_FILE: join(folder, "journal"), ...env }),
    region,
    localOnly: true,
    stepDeadlineMs: 2_000,
    settleMarginMs: 10,
    onEvent: () => {},
  });
  return handler;
};
const handle = async (event: unknown, env: Record<string, string> = {}) =>
  (handler ?? (await open(env))).handle(event, signal);
const changed = (secretId: string) => ({
  source: "aws.secretsmanager",
  region,
  detail: { eventSource: "secretsmanager.amazonaws.com", eventName: "PutSecretValue", requestParameters: { secretId } },
});
const at = (place: string, owner = account) =>
  Object.fromEntries(
    aws
      .secrets({ account: owner, region: place })
      .filter(({ name }) => !name.startsWith("secrets-replicator/"))
      .map((secret) => [secret.name, secret]),
  );
const valueAt = (place: string, name: string, owner = account) => at(place, owner)[name]?.valueByStage.AWSCURRENT;

describe("one event, several destinations", () => {
  test("regions and accounts, each with its names, key, filters, and variables in its transforms", async () => {
    await put("secrets-replicator/filters/apps", { "app/*": "hosts,numbers", "app/plain": null });
    await put("secrets-replicator/transformations/hosts", "s/${SOURCE_REGION}/${REGION}/g\ns/dev/${STAGE}/");
    await put("secrets-replicator/transformations/numbers", {
      "$.account": "${ACCOUNT_ID} ${SOURCE_ACCOUNT_ID}",
      "$.name": "${SECRET_NAME} ${DEST_SECRET_NAME}",
    });
    await put("secrets-replicator/names/eu", { "app/*": "team/*" });
    await configure([
      {
        region: "eu-west-1",
        account_role_arn: roleArn,
        external_id: "ours",
        secret_names: "eu",
        kms_key_id: "alias/eu",
        variables: { STAGE: "prod" },
      },
      { region: "us-west-2", variables: { STAGE: "test" } },
    ]);
    await put("app/db", '{"host":"dev.us-east-1", "id":12345678901234567890, "account":0, "name":""}', {
      Description: "first",
      Tags: [{ Key: "team", Value: "a" }],
    });
    const report = await handle(changed("app/db"), { SECRETS_FILTER: "apps" });
    expect(report).toEqual({
      outcome: "replicated",
      reason: undefined,
      secretIds: ["app/db"],
      destinations: [
        {
          region: "eu-west-1",
          roleArn,
          outcome: "replicated",
          secrets: ["app/db"],
          reason: undefined,
          errorType: undefined,
        },
        {
          region: "us-west-2",
          roleArn: undefined,
          outcome: "replicated",
          secrets: ["app/db"],
          reason: undefined,
          errorType: undefined,
        },
      ],
    });
    expect(valueAt("eu-west-1", "team/db", otherAccount)).toBe(
      `{"host":"prod.eu-west-1", "id":12345678901234567890, "account":"${otherAccount} ${account}", "name":"app/db team/db"}`,
    );
    expect(valueAt("us-west-2", "app/db")).toBe(
      `{"host":"test.us-west-2", "id":12345678901234567890, "account":"${account} ${account}", "name":"app/db app/db"}`,
    );
    expect(at("eu-west-1", otherAccount)["team/db"]).toMatchObject({
      description: "first",
      tags: { team: "a" },
      kmsKeyId: "alias/eu",
    });
  });

  test("partial success is its own outcome: one that fails is as it was, the others have it", async () => {
    await configure([{ region: "eu-west-1" }, { region: "us-west-2" }, { region: "ap-south-1" }]);
    await put("app/db", "one");
    aws.faults.add({ region: "us-west-2", operation: "CreateSecret", fault: "denied" });
    await expect(handle(changed("app/db"))).rejects.toMatchObject({
      code: "REPLICATE_EVENT_FAILED",
      message: expect.stringMatching(/^1 of 3 destinations failed: us-west-2: AccessDeniedException/),
      report: {
        outcome: "partial",
        destinations: [
          { region: "eu-west-1", outcome: "replicated" },
          { region: "us-west-2", outcome: "failed", errorType: "authorization" },
          { region: "ap-south-1", outcome: "replicated" },
        ],
      },
    });
    expect(["eu-west-1", "us-west-2", "ap-south-1"].map((place) => valueAt(place, "app/db"))).toEqual([
      "one",
      undefined,
      "one",
    ]);
  });

  test("an exhausted retry reports its throttling, and the other destinations go on", async () => {
    await configure([{ region: "us-west-2" }, { region: "eu-west-1" }]);
    await put("app/db", "one");
    aws.faults.add({ region: "us-west-2", operation: "CreateSecret", fault: "throttle" });
    await expect(handle(changed("app/db"))).rejects.toMatchObject({
      report: { destinations: [{ errorType: "throttling" }, { outcome: "replicated" }] },
    });
  });

  test("several secrets by hand, and those of which a destination has no name are left out there", async () => {
    await put("secrets-replicator/names/eu", { "app/b": "b" });
    await configure([{ region: "eu-west-1", secretNames: "eu" }, { region: "us-west-2" }]);
    for (const name of ["app/a", "app/b"]) await put(name, name);
    const { destinations } = await handle({ source: "manual", secretIds: ["app/a", "app/b"] });
    expect(destinations.map(({ secrets }) => secrets)).toEqual([["app/b"], ["app/a", "app/b"]]);
    expect(Object.keys(at("eu-west-1"))).toEqual(["b"]);
  });

  test("a secret that another made meanwhile, of another event of the same change, is no failure", async () => {
    await configure([{ region: "eu-west-1" }]);
    await put("app/db", "one");
    let made = 0;
    aws.faults.add({
      region: "eu-west-1",
      operation: "CreateSecret",
      fault: "latency",
      latencyMs: 0,
      when: () => {
        if (made === 0) aws.createSecret({ account, region: "eu-west-1", name: "app/db", value: "one" });
        made += 1;
        return false;
      },
    });
    expect(await handle(changed("app/db"))).toMatchObject({ outcome: "replicated" });
    expect(made).toBe(1);
  });

  test("nothing replicated, though another destination wants none of it, is a failure", async () => {
    await put("secrets-replicator/filters/none", {});
    await configure([{ region: "eu-west-1" }, { region: "us-west-2", filters: ["none"] }]);
    await put("app/db", "one");
    aws.faults.add({ region: "eu-west-1", operation: "CreateSecret", fault: "denied" });
    await expect(handle(changed("app/db"))).rejects.toMatchObject({ report: { outcome: "failed" } });
  });

  test("of several secrets, one that fails takes the others back, at that destination alone", async () => {
    await configure([{ region: "eu-west-1" }, { region: "us-west-2" }]);
    for (const name of ["app/a", "app/b", "app/c"]) await put(name, name);
    aws.faults.add({ region: "us-west-2", operation: "CreateSecret", skip: 2, fault: "denied" });
    await expect(handle({ source: "manual", secretIds: ["app/a", "app/b", "app/c"] })).rejects.toMatchObject({
      report: { outcome: "partial", destinations: [{ outcome: "replicated" }, { outcome: "rolled-back" }] },
    });
    expect(Object.keys(at("us-west-2"))).toEqual([]);
    expect(Object.keys(at("eu-west-1"))).toHaveLength(3);
  });

  test("what is there already is not written again", async () => {
    await configure([{ region: "eu-west-1" }]);
    await put("app/db", "one");
    await handle(changed("app/db"));
    aws.clearCalls();
    expect(await handle(changed("app/db"))).toMatchObject({ outcome: "replicated" });
    expect(aws.calls({ region: "eu-west-1" }).map(({ operation }) => operation)).not.toContainEqual(
      expect.stringMatching(/^(Put|Create|Update|Tag)/),
    );
  });
});

describe("which secret is meant", () => {
  test("a name that ends like the ARN of one, and an ARN whole or without its end", async () => {
    await configure([{ region: "eu-west-1" }]);
    const { ARN = "" } = await put("prod-master", "one");
    for (const id of ["prod-master", ARN, ARN.slice(0, -7)]) {
      expect(await handle(changed(id))).toMatchObject({
        outcome: "replicated",
        destinations: [{ secrets: ["prod-master"] }],
      });
    }
    expect(Object.keys(at("eu-west-1"))).toEqual(["prod-master"]);
  });

  test("one that is gone fails, and says so", async () => {
    await configure([{ region: "eu-west-1" }]);
    await expect(handle(changed("app/gone"))).rejects.toMatchObject({
      report: {
        outcome: "failed",
        destinations: [{ errorType: "not-found", reason: expect.stringContaining("app/gone") }],
      },
    });
  });

  test("configuration is never replicated", async () => {
    await configure([{ region: "eu-west-1" }]);
    for (const id of ["secrets-replicator/config/destinations"]) {
      expect(await handle(changed(id))).toMatchObject({
        destinations: [{ outcome: "skipped", reason: expect.stringMatching(/never replicated/) }],
      });
    }
    await put("my-config", [{ region: "eu-west-1" }]);
    await handler?.close();
    handler = undefined;
    expect(await handle(changed("my-config"), { CONFIG_SECRET: "my-config" })).toMatchObject({
      destinations: [{ outcome: "skipped" }],
    });
    expect(aws.secrets({ account, region: "eu-west-1" })).toEqual([]);
  });

  test("and never a destination", async () => {
    await put("secrets-replicator/names/eu", { "app/*": "secrets-replicator/config/*" });
    await configure([{ region: "eu-west-1", secret_names: "eu" }]);
    await put("app/destinations", "[]");
    await expect(handle(changed("app/destinations"))).rejects.toThrow(/configures a replicator/);
  });

  test("a destination that is the source itself is refused: it would answer its own events for ever", async () => {
    await configure([{ region }]);
    await put("app/db", "one");
    await expect(handle(changed("app/db"))).rejects.toThrow(/is the source itself/);
  });
});

describe("filters", () => {
  test("no match means no", async () => {
    await put("secrets-replicator/filters/apps", { "web/*": null });
    await configure([{ region: "eu-west-1", filters: ["apps"] }, { region: "us-west-2" }]);
    await put("app/db", "one");
    expect((await handle(changed("app/db"))).destinations).toMatchObject([
      { outcome: "skipped", reason: "no filter names it" },
      { outcome: "replicated" },
    ]);
  });

  test.each([
    ["is not there", undefined, /is not there/],
    ["cannot be read", "hunter2", /could not be loaded: .* is not JSON/],
  ])("one that %s means no", async (_, text, reason) => {
    if (text !== undefined) await put("secrets-replicator/filters/apps", text);
    await configure([{ region: "eu-west-1", filters: ["apps"] }]);
    await put("app/db", "one");
    const report = await handle(changed("app/db"));
    expect(report.destinations).toMatchObject([{ outcome: "skipped", reason: expect.stringMatching(reason) }]);
    expect(JSON.stringify(report)).not.toContain("hunter2");
  });

  test("one that AWS refuses means no", async () => {
    await put("secrets-replicator/filters/apps", { "*": null });
    await configure([{ region: "eu-west-1", filters: ["apps"] }]);
    await put("app/db", "one");
    aws.faults.add({ operation: "GetSecretValue", fault: "denied", skip: 1 }); // the configuration itself is read first
    expect((await handle(changed("app/db"))).destinations).toMatchObject([
      { outcome: "skipped", reason: expect.stringMatching(/not authorized/) },
    ]);
  });

  test("are remembered for SECRETS_FILTER_CACHE_TTL, and read each time for 0", async () => {
    await put("secrets-replicator/filters/apps", { "*": null });
    await configure([{ region: "eu-west-1", filters: ["apps"] }]);
    await put("app/db", "one");
    const readsOfFilter = async (env: Record<string, string>) => {
      await handler?.close();
      handler = undefined;
      aws.clearCalls();
      for (let round = 0; round < 3; round += 1) await handle(changed("app/db"), env);
      return aws
        .calls({ operation: "GetSecretValue" })
        .filter(({ input }) => JSON.stringify(input).includes("filters/apps")).length;
    };
    expect(await readsOfFilter({})).toBe(1);
    expect(await readsOfFilter({ SECRETS_FILTER_CACHE_TTL: "0" })).toBe(3);
  });
});

describe("a rotation", () => {
  test("is replicated when its value is the current one, never the old value in its name", async () => {
    await configure([{ region: "eu-west-1" }]);
    const { VersionId: first } = await put("app/db", "old");
    await handle(changed("app/db"));
    const { VersionId: next } = await source.send(
      new PutSecretValueCommand({ SecretId: "app/db", SecretString: "new", VersionStages: ["AWSPENDING"] }),
    );
    const event = (eventName: string, detail: object) => ({
      source: "aws.secretsmanager",
      region,
      detail: { eventName, eventSource: "secretsmanager.amazonaws.com", ...detail },
    });
    aws.clearCalls();
    expect(
      await handle(
        event("PutSecretValue", { requestParameters: { secretId: "app/db", versionStages: ["AWSPENDING"] } }),
      ),
    ).toMatchObject({ outcome: "ignored" });
    expect(aws.calls({ service: "secretsmanager" })).toEqual([]);
    await source.send(
      new UpdateSecretVersionStageCommand({
        SecretId: "app/db",
        VersionStage: "AWSCURRENT",
        MoveToVersionId: next,
        RemoveFromVersionId: first,
      }),
    );
    await handle(event("RotationSucceeded", { requestParameters: null, additionalEventData: { SecretId: "app/db" } }));
    expect(valueAt("eu-west-1", "app/db")).toBe("new");
  });
});

test("description, tags and key of a secret that is there already are brought along, the key with a value too", async () => {
  await configure([{ region: "eu-west-1", kms_key_id: "alias/new" }]);
  await put("app/db", "one");
  await handle(changed("app/db"), { KMS_KEY_ID: "alias/default" });
  await source.send(new TagResourceCommand({ SecretId: "app/db", Tags: [{ Key: "team", Value: "b" }] }));
  await source.send(new PutSecretValueCommand({ SecretId: "app/db", SecretString: "two" }));
  await handle(changed("app/db"));
  expect(at("eu-west-1")["app/db"]).toMatchObject({ tags: { team: "b" }, kmsKeyId: "alias/new" });
  expect(valueAt("eu-west-1", "app/db")).toBe("two");
});

test("a binary secret goes byte for byte, and one of 64 KiB whole", async () => {
  await configure([{ region: "eu-west-1" }]);
  const bytes = Uint8Array.from({ length: 65_536 }, (_, index) => index);
  await put("app/binary", bytes);
  await put("app/large", "é".repeat(32_768));
  await handle({ source: "manual", secretIds: ["app/binary", "app/large"] });
  expect(valueAt("eu-west-1", "app/binary")).toBe(`base64:${Buffer.from(bytes).toString("base64")}`);
  expect(valueAt("eu-west-1", "app/large")).toBe("é".repeat(32_768));
});

describe("settings that are wrong fail before anything is written, and name what is wrong", () => {
  test.each([
    [
      "no destination at all",
      undefined,
      {},
      /There is no destination: no secret secrets-replicator\/config\/destinations/,
    ],
    ["a list that is no JSON", "hunter2", {}, /is not JSON/],
    [
      "names that are not there",
      [{ region: "eu-west-1", secret_names: "gone" }],
      {},
      /no secret secrets-replicator\/names\/gone/,
    ],
    [
      "a transform that is not there",
      [{ region: "eu-west-1" }],
      { SECRETS_FILTER: "gone" },
      /transformations\/nowhere/,
    ],
    [
      "a transform that cannot be read",
      [{ region: "eu-west-1" }],
      { SECRETS_FILTER: "bad" },
      /transformations\/bad: Line 1: unknown flag/,
    ],
    [
      "a variable that is not defined",
      [{ region: "eu-west-1", variables: { STAGE: "x" } }],
      { SECRETS_FILTER: "variable" },
      /\$\{REGON\} is not defined; there are .*\$\{REGION\}.*\$\{STAGE\}/,
    ],
    ["a secret that is too large", [{ region: "eu-west-1" }], { MAX_SECRET_SIZE: "6" }, /is 7 bytes; 6 are the most/],
    [
      "one that a transform makes too large",
      [{ region: "eu-west-1" }],
      { MAX_SECRET_SIZE: "10", SECRETS_FILTER: "grow" },
      /bytes once transformed; 10/,
    ],
    [
      "a pattern that never ends",
      [{ region: "eu-west-1" }],
      { TIMEOUT_SECONDS: "0.05", SECRETS_FILTER: "endless" },
      /takes longer than 50 ms/,
    ],
  ])("%s", async (_, config, env, message) => {
    await put("secrets-replicator/filters/gone", { "*": "nowhere" });
    await put("secrets-replicator/filters/bad", { "*": "bad" });
    await put("secrets-replicator/transformations/bad", "s/a/b/x");
    await put("secrets-replicator/filters/variable", { "*": "variable" });
    await put("secrets-replicator/transformations/variable", "s/us-east-1/${REGON}/");
    await put("secrets-replicator/filters/grow", { "*": "grow" });
    await put("secrets-replicator/transformations/grow", "s/hunter2/hunter2hunter2/");
    await put("secrets-replicator/filters/endless", { "*": "endless" });
    await put("secrets-replicator/transformations/endless", "s/^(([a-z])+.)+[A-Z]([a-z])+$/x/");
    await put("app/db", "hunter2");
    await put("app/endless", "a".repeat(40));
    if (config !== undefined) await configure(typeof config === "string" ? (config as unknown as object) : config);
    const secretId = "TIMEOUT_SECONDS" in env ? "app/endless" : "app/db";
    const error = await handle(changed(secretId), env as Record<string, string>).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(JSON.stringify(error)).not.toContain("hunter2");
    expect(at("eu-west-1")).toEqual({});
  });
});

describe("the dead-letter queue", () => {
  const dlq = { DLQ_ARN: `arn:aws:sqs:eu-central-1:${account}:dead` };
  const messages: string[] = [];
  beforeEach(() => {
    messages.length = 0;
    aws.respond({
      service: "sqs",
      operation: "GetQueueUrl",
      reply: { output: { QueueUrl: `${aws.endpoint}/${account}/dead` } },
    });
    aws.respond({
      service: "sqs",
      operation: "SendMessage",
      reply: ({ input }) => {
        const { MessageBody } = input as { MessageBody: string };
        messages.push(MessageBody);
        return { output: { MessageId: "1", MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") } };
      },
    });
  });

  test("takes what failed, as an event that the replicator takes again", async () => {
    await configure([{ region: "eu-west-1" }, { region: "us-west-2" }]);
    await put("app/db", "hunter2");
    const outage = aws.faults.add({ region: "us-west-2", operation: "CreateSecret", fault: "denied" });
    expect(await handle(changed("app/db"), dlq)).toMatchObject({ outcome: "partial" });
    const [message = ""] = messages;
    expect(JSON.parse(message)).toMatchObject({
      secretIds: ["app/db"],
      failures: [{ region: "us-west-2", errorType: "authorization" }],
    });
    expect(message).not.toContain("hunter2");
    outage.remove();
    expect(await handle(JSON.parse(message))).toMatchObject({ outcome: "replicated" });
    expect(valueAt("us-west-2", "app/db")).toBe("hunter2");
    expect(messages).toHaveLength(1);
  });

  test("where it does not take it either, the event is not said to be done", async () => {
    await configure([{ region: "us-west-2" }]);
    await put("app/db", "one");
    aws.faults.add({ region: "us-west-2", operation: "CreateSecret", fault: "denied" });
    aws.faults.add({ service: "sqs", fault: "denied" });
    await expect(handle(changed("app/db"), dlq)).rejects.toMatchObject({
      code: "REPLICATE_EVENT_FAILED",
      cause: { name: expect.stringMatching(/AccessDenied/) },
    });
  });
});

test("metrics of every destination reach CloudWatch with each answer, by region and kind of transform", async () => {
  await put("secrets-replicator/filters/apps", { "*": "json" });
  await put("secrets-replicator/transformations/json", { "$.a": 2 });
  await configure([{ region: "eu-west-1", filters: "apps" }]);
  await put("app/db", '{"a":1}');
  await handle(changed("app/db"), { METRICS_NAMESPACE: "Mine/prod" });
  const sent = JSON.stringify(aws.calls({ operation: "PutMetricData" }).map(({ input }) => input));
  expect(sent).toContain("Mine/prod");
  expect(sent).toMatch(/ReplicationSuccess/);
  expect(sent).toMatch(/"json"/);
  aws.clearCalls();
  await handler?.close();
  handler = undefined;
  await handle(changed("app/db"), { ENABLE_METRICS: "false" });
  expect(aws.calls({ service: "monitoring" })).toEqual([]);
});
