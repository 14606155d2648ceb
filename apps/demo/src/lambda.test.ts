import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const place = { account: "111111111111", region: "us-east-1" };
const context = { getRemainingTimeInMillis: () => 60_000 };
const event = {
  source: "aws.secretsmanager",
  region: place.region,
  detail: {
    eventSource: "secretsmanager.amazonaws.com",
    eventName: "PutSecretValue",
    requestParameters: { secretId: "app/db" },
  },
};
let aws: LocalAws;
let folder: string;
let client: SecretsManagerClient;
let logged: Record<string, unknown>[];

beforeEach(async () => {
  aws = await startLocalAws({ quotas: false, lags: { listMs: 0 } });
  folder = await mkdtemp(join(tmpdir(), "replicate-lambda-"));
  const environment = { ...aws.environment(place), AWS_REGION: place.region, JOURNAL_FILE: join(folder, "journal") };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  client = new SecretsManagerClient(aws.clientConfig(place));
  await client.send(new CreateSecretCommand({ Name: "app/db", SecretString: "hunter2" }));
  logged = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => logged.push(JSON.parse(line)));
  vi.resetModules(); // a function's module keeps its clients from one invocation to the next
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  client.destroy();
  await aws.close();
  await rm(folder, { recursive: true });
});

test("answers with the report, logs it as one JSON line, and keeps its clients for the next event", async () => {
  vi.stubEnv("DEFAULT_REGION", "eu-west-1");
  const { handler } = await import("./lambda.ts");
  expect(await handler(event, context)).toMatchObject({
    outcome: "replicated",
    destinations: [{ region: "eu-west-1" }],
  });
  expect(await handler(event, context)).toMatchObject({ outcome: "replicated" });
  expect(logged).toMatchObject([{ level: "INFO", message: "replicated", secretIds: ["app/db"] }, { level: "INFO" }]);
  expect(aws.secrets({ ...place, region: "eu-west-1" })).toHaveLength(1);
});

test("rejects where a destination failed, so that the event is sent again and a dead-letter queue can get it", async () => {
  vi.stubEnv("DEFAULT_REGION", "eu-west-1");
  aws.faults.add({ region: "eu-west-1", operation: "CreateSecret", fault: "denied" });
  const { handler } = await import("./lambda.ts");
  await expect(handler(event, context)).rejects.toMatchObject({ code: "REPLICATE_EVENT_FAILED" });
  expect(logged).toMatchObject([
    { level: "WARN", message: "rolling back" },
    { level: "ERROR", message: "failed" },
  ]);
  expect(JSON.stringify(logged)).not.toContain("hunter2");
});

test.each([
  ["DEBUG", ["DEBUG", "INFO"]],
  ["ERROR", []],
])("LOG_LEVEL is obeyed: %s", async (level, levels) => {
  vi.stubEnv("DEFAULT_REGION", "eu-west-1");
  vi.stubEnv("LOG_LEVEL", level);
  const { handler } = await import("./lambda.ts");
  await handler(event, context);
  expect(logged.map((line) => line.level)).toEqual(levels);
});

test("what is wrong in the environment is said once per event, and a corrected one is taken", async () => {
  vi.stubEnv("AWS_REGION", undefined);
  const { handler } = await import("./lambda.ts");
  await expect(handler(event, context)).rejects.toThrow(/not known which region/);
  vi.stubEnv("AWS_REGION", place.region);
  await expect(handler(event, context)).rejects.toThrow(/There is no destination/);
  vi.stubEnv("DEFAULT_REGION", "eu-west-1");
  vi.resetModules();
  expect(await (await import("./lambda.ts")).handler(event, context)).toMatchObject({ outcome: "replicated" });
});
