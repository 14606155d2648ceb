// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax of a transform's variables
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { differingSecrets, readRegionState } from "./replication/compare-states.ts";

// The program as a user runs it: a process of its own, with the endpoint in its environment.
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const account = "111122223333";
const names = Array.from({ length: 12 }, (_, index) => `app/${index + 1}`);
const canary = (name: string) => `canary-${name.replaceAll("/", "-")}-9f2c`;
let aws: LocalAws;
let folder: string;
let journal: string;
let source: SecretsManagerClient;
let destination: SecretsManagerClient;
let output: string;
let environment: Record<string, string>;

beforeEach(async () => {
  aws = await startLocalAws({ quotas: false, lags: { listMs: 0, forcedDeletionMs: 0 } });
  folder = await mkdtemp(join(tmpdir(), "replicate-main-"));
  journal = join(folder, "journal");
  source = new SecretsManagerClient(aws.clientConfig({ account, region: "us-east-1" }));
  destination = new SecretsManagerClient(aws.clientConfig({ account, region: "eu-west-1" }));
  for (const name of names) await source.send(new CreateSecretCommand({ Name: name, SecretString: canary(name) }));
  output = "";
  environment = {};
});

afterEach(async () => {
  source.destroy();
  destination.destroy();
  await aws.close();
  await rm(folder, { recursive: true });
});

const route = ["--from", "us-east-1", "--to", "eu-west-1"];
const quick = () => ["--journal", journal, "--settle-margin", "50", "--local-only"];
// A recovery waits until what was cut off can no longer take effect: that long, and the margin.
const toBeKilled = ["--step-deadline", "5000", "--concurrency", "2"];

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
    env: { PATH: process.env.PATH, HOME: folder, ...aws.environment({ account, region: "us-east-1" }), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return child;
}

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  await once(child, "close");
  return child.exitCode;
}

/** Resolves when the destination is asked for its `count`th new secret. */
function creation(count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  aws.faults.add({
    operation: "CreateSecret",
    region: "eu-west-1",
    fault: "latency",
    latencyMs: 20,
    when: () => {
      seen += 1;
      if (seen === count) resolve();
      return true;
    },
  });
  return promise;
}

describe("exit codes", () => {
  test("0 when all is replicated, and 0 again when there is nothing to do", async () => {
    expect(await exitCodeOf(start("run", ...route, ...quick()))).toBe(0);
    expect(await exitCodeOf(start("run", ...route, ...quick(), "--json"))).toBe(0);
    expect(output).toContain("12 created");
    expect(output).toContain('"unchanged":12');
  });

  test("3 when it failed and all is as it was", async () => {
    const before = await readRegionState(destination, names);
    aws.faults.add({ operation: "CreateSecret", region: "eu-west-1", skip: 5, fault: "denied" });
    expect(await exitCodeOf(start("run", ...route, ...quick()))).toBe(3);
    expect(differingSecrets(before, await readRegionState(destination, names))).toEqual([]);
    expect(output).toMatch(/everything is as it was/);
  });

  test("5 when it failed and not all could be undone", async () => {
    aws.faults.add({ operation: "CreateSecret", region: "eu-west-1", skip: 5, fault: "denied" });
    aws.faults.add({ operation: "DeleteSecret", fault: "denied" });
    expect(await exitCodeOf(start("run", ...route, ...quick()))).toBe(5);
    expect(output).toMatch(/these were not: .*create app\//);
    expect(output).toMatch(/\$ replicate recover --retry/);
  });

  test("what could not be undone is named until it is, and recover --retry undoes it", async () => {
    aws.faults.add({ operation: "CreateSecret", region: "eu-west-1", skip: 5, fault: "denied" });
    const noUndo = aws.faults.add({ operation: "DeleteSecret", fault: "denied" });
    await exitCodeOf(start("run", ...route, ...quick()));
    output = "";
    expect(await exitCodeOf(start("recover", ...quick()))).toBe(5);
    expect(output).toMatch(/not undone: create app\/\d+ \(AccessDeniedException\)/);
    expect(output).toMatch(/\$ replicate recover --retry/);
    expect(output).toMatch(/\$ holdfast recovery details \w+ --journal/);
    output = "";
    expect(await exitCodeOf(start("run", ...route, ...quick()))).toBe(1);
    expect(output).toMatch(/failed, and not all of it could be undone/);
    expect(output).toMatch(/\$ replicate recover --retry/);
    noUndo.remove();
    output = "";
    expect(await exitCodeOf(start("recover", ...quick(), "--retry")), output).toBe(0);
    expect(aws.secrets({ account, region: "eu-west-1" })).toEqual([]);
  });

  test("64 for an address of AWS that is none, naming the variable", async () => {
    environment = { AWS_ENDPOINT_URL: "nonsense" };
    expect(await exitCodeOf(start("run", ...route, ...quick()))).toBe(64);
    expect(output).toMatch(/AWS_ENDPOINT_URL is no address, .*"nonsense"/);
  });

  test("1 when nothing could be read, saying why", async () => {
    aws.faults.add({ operation: "ListSecrets", fault: "denied" });
    expect(await exitCodeOf(start("run", ...route, ...quick()))).toBe(1);
    expect(output).toMatch(/AccessDenied/);
  });

  test("1 when nothing had been changed before it failed", async () => {
    aws.faults.add({ operation: "CreateSecret", region: "eu-west-1", fault: "denied" });
    expect(await exitCodeOf(start("run", ...route, ...quick()))).toBe(1);
    expect(output).toMatch(/nothing was changed/);
  });

  test.each([
    [["--to", "eu-west-1"], /--from/],
    [[...route, "--sed", "nosuch.sed"], /--sed nosuch\.sed: .*no such file/],
    [[...route, "--rename", "no-equals"], /--rename/],
    [[...route, "--to-role-arn", "nope"], /not a role's ARN/],
    [[...route, "--external-id", "ours"], /needs --to-role-arn/],
    [["--from", "eu-west-1", "--to", "eu-west-1"], /same region/],
    [["--from", "us-east-1", "--to", "US-EAST-2"], /--to: "US-EAST-2" is not the name of a region/],
    [["--from", "us-east-1a", "--to", "eu-west-1"], /--from: us-east-1a is an availability zone/],
    [[...route, "--filter", ""], /--filter is empty/],
    [[...route, "--kms-key-id", ""], /--kms-key-id is empty/],
    [[...route, "--metrics", "AWS/Mine"], /--metrics is no namespace/],
  ])("64 for a line that is wrong: %j", async (args, message) => {
    expect(await exitCodeOf(start("run", ...args, ...quick()))).toBe(64);
    expect(output).toMatch(message);
  });

  test("of an event: 0 when every destination has it, 4 when only some do, 1 when none does and nothing was changed", async () => {
    const event = join(folder, "event.json");
    await writeFile(event, JSON.stringify({ source: "manual", secretIds: names.slice(0, 2) }));
    await source.send(
      new CreateSecretCommand({
        Name: "secrets-replicator/config/destinations",
        SecretString: JSON.stringify([{ region: "eu-west-1" }, { region: "us-west-2" }]),
      }),
    );
    const outage = aws.faults.add({ operation: "CreateSecret", region: "us-west-2", fault: "denied" });
    expect(await exitCodeOf(start("event", event, ...quick()))).toBe(4);
    expect(output).toMatch(/eu-west-1: replicated: app\/1, app\/2/);
    expect(output).toMatch(/us-west-2: failed: AccessDeniedException/);
    const both = aws.faults.add({ operation: "DescribeSecret", region: "eu-west-1", fault: "denied" });
    expect(await exitCodeOf(start("event", event, ...quick()))).toBe(1);
    both.remove();
    outage.remove();
    expect(await exitCodeOf(start("event", event, ...quick(), "--json"))).toBe(0);
    expect(output).toContain('"type":"destination","region":"us-west-2","outcome":"replicated"');
    expect(output).not.toContain("canary-app");
  });

  test.each([
    ["nosuch.json", undefined, 64, /nosuch\.json: .*no such file/],
    ["event.json", "{canary-app", 64, /event\.json: not JSON: expected a name in quotes at line 1, column 2/],
    ["event.json", '{"source":"aws.s3"}', 1, /REPLICATE_EVENT: This is no event of Secrets Manager/],
    ["event.json", '{"source":"manual","secretId":"app/1"}', 1, /REPLICATE_SETTINGS: There is no destination/],
  ])("of an event that is wrong: %s %j", async (name, text, code, message) => {
    const path = join(folder, name);
    if (text !== undefined) await writeFile(path, text);
    expect(await exitCodeOf(start("event", path, ...quick()))).toBe(code);
    expect(output).toMatch(message);
    expect(output).not.toContain("canary-app");
  });

  test("64 for a sed script that cannot be read, naming file and line", async () => {
    const path = join(folder, "bad.sed");
    await writeFile(path, "s/a/b/\ns/(/b/");
    expect(await exitCodeOf(start("run", ...route, ...quick(), "--sed", path))).toBe(64);
    expect(output).toMatch(/bad\.sed: Line 2: the pattern is not a regular expression/);
  });

  // A Windows process is ended by SIGINT without being told.
  test.skipIf(process.platform === "win32")("130 when interrupted, after undoing what was done", async () => {
    const half = creation(4);
    const child = start("run", ...route, ...quick(), "--concurrency", "2");
    await half;
    child.kill("SIGINT");
    expect(await exitCodeOf(child)).toBe(130);
    expect(aws.secrets({ account, region: "eu-west-1" })).toEqual([]);
    expect(output).toMatch(/Interrupted by SIGINT/);
    expect(output).not.toMatch(/Nothing is known|could not be replicated/);
  });
});

test.skipIf(process.platform === "win32")(
  "a second interrupt ends the process at once, and recover finishes the undo",
  async () => {
    const half = creation(4);
    const { promise: undoing, resolve } = Promise.withResolvers<void>();
    const hang = aws.faults.add({
      operation: "DeleteSecret",
      fault: "hang",
      when: () => {
        resolve();
        return true;
      },
    });
    const child = start("run", ...route, ...quick(), ...toBeKilled);
    await half;
    child.kill("SIGINT");
    await undoing;
    child.kill("SIGINT");
    expect(await exitCodeOf(child)).toBe(130);
    expect(aws.secrets({ account, region: "eu-west-1" }).length).toBeGreaterThan(0);
    hang.remove();
    expect(await exitCodeOf(start("recover", ...quick()))).toBe(0);
    expect(aws.secrets({ account, region: "eu-west-1" })).toEqual([]);
  },
);

test("a JSON mapping and a sed script, in order, with variables", async () => {
  await source.send(new CreateSecretCommand({ Name: "json/a", SecretString: '{"id":1.0,"host":"a.us-east-1"}' }));
  const [mapping, script] = [join(folder, "a.json"), join(folder, "b.sed")];
  await writeFile(mapping, '{"$.id": "${STAGE}"}');
  await writeFile(script, "s/${SOURCE_REGION}/${REGION}/");
  const line = ["--filter", "json/*", "--transform", mapping, "--transform", script, "--variable", "STAGE=prod"];
  expect(await exitCodeOf(start("run", ...route, ...quick(), ...line))).toBe(0);
  const [replica] = aws.secrets({ account, region: "eu-west-1" });
  expect(replica?.valueByStage.AWSCURRENT).toBe('{"id":"prod","host":"a.eu-west-1"}');
});

test("policies, alarms and dashboards are printed as JSON", async () => {
  expect(await exitCodeOf(start("policy", "--account", account, ...route))).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ replicator: { Version: "2012-10-17" } });
  output = "";
  expect(await exitCodeOf(start("dashboards", "--region", "eu-west-1", "--namespace", "Mine"))).toBe(0);
  const { cloudFormation, cloudWatchDashboard, grafana, prometheusRules } = JSON.parse(output);
  expect(cloudFormation.Resources).toMatchObject({
    ReplicationFailingAlarm: { Type: "AWS::CloudWatch::Alarm" },
    ReplicationSlowAlarm: {},
    ReplicationThrottlingAlarm: {},
    ReplicationRetriesExhaustedAlarm: {},
    Dashboard: { Type: "AWS::CloudWatch::Dashboard" },
  });
  expect(cloudWatchDashboard.widgets.length).toBeGreaterThan(20);
  expect(grafana.panels.length).toBeGreaterThan(20);
  expect(prometheusRules.groups[0].rules.length).toBeGreaterThan(4);
});

test("a region that is not known is warned about, with the nearest that is, and tried: it may be newer", async () => {
  expect(await exitCodeOf(start("run", "--from", "us-east-1", "--to", "eu-wst-1", ...quick()))).toBe(0);
  expect(output).toMatch(/eu-wst-1 is no region that this program knows: is eu-west-1 meant\?/);
  expect(output).toContain("12 created");
});

test("a reader that has seen enough does not cut a run off", async () => {
  const half = creation(4);
  const child = start("run", ...route, ...quick(), "--json");
  await half;
  for (const stream of [child.stdout!, child.stderr!]) stream.destroy();
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(aws.secrets({ account, region: "eu-west-1" })).toHaveLength(12);
});

test("a run that was killed is undone by recover, and stands in the way of the next run until then", async () => {
  const before = await readRegionState(destination, names);
  const half = creation(6);
  const child = start("run", ...route, ...quick(), ...toBeKilled);
  await half;
  child.kill("SIGKILL");
  await once(child, "close");
  expect(differingSecrets(before, await readRegionState(destination, names)).length).toBeGreaterThan(0);

  expect(await exitCodeOf(start("run", ...route, ...quick()))).toBe(1);
  expect(output).toMatch(/REPLICATE_UNFINISHED: An earlier run was cut off/);
  expect(output).toMatch(/\$ replicate recover/);
  expect(await exitCodeOf(start("recover", ...quick()))).toBe(0);
  expect(differingSecrets(before, await readRegionState(destination, names))).toEqual([]);
  expect(await exitCodeOf(start("recover", ...quick()))).toBe(0);
  expect(output).toMatch(/nothing to recover/);
  expect(await exitCodeOf(start("run", ...route, ...quick()))).toBe(0);
});

test("recover leaves a run that is at work to its own process", async () => {
  const { promise: atWork, resolve } = Promise.withResolvers<void>();
  const when = () => {
    resolve();
    return true;
  };
  aws.faults.add({ operation: "CreateSecret", region: "eu-west-1", skip: 2, fault: "hang", when });
  const child = start("run", ...route, ...quick(), "--concurrency", "1");
  await atWork;
  expect(await exitCodeOf(start("recover", ...quick()))).toBe(0);
  expect(output).toMatch(/from us-east-1 to eu-west-1: .*left to it/);
  expect(aws.secrets({ account, region: "eu-west-1" })).toHaveLength(2);
  child.kill("SIGKILL");
  await once(child, "close");
});

test("no secret value is in any byte written: files, output, metrics, errors", async () => {
  await writeFile(join(folder, "bad.sed"), "s/canary/canary/");
  const half = creation(6);
  const child = start("run", ...route, ...quick(), ...toBeKilled, "--json", "--metrics", "Canary");
  await half;
  child.kill("SIGKILL");
  await once(child, "close");
  const found = [...(await filesHolding("canary-"))];
  await exitCodeOf(start("recover", ...quick(), "--json"));
  aws.faults.add({
    operation: "CreateSecret",
    region: "eu-west-1",
    skip: 5,
    fault: "error",
    status: 400,
    code: "EncryptionFailure",
    times: 1,
  });
  await exitCodeOf(start("run", ...route, ...quick(), "--sed", join(folder, "bad.sed"), "--metrics", "Canary"));
  await exitCodeOf(start("run", ...route, ...quick(), "--metrics", "Canary"));
  found.push(...(await filesHolding("canary-")));
  const metrics = JSON.stringify(aws.calls({ service: "monitoring" }).map(({ input }) => input));

  expect((await stat(journal)).size).toBeGreaterThan(0);
  expect(found).toEqual([]);
  expect(output).toContain("app/1");
  expect(output).not.toContain("canary-app");
  expect(metrics.length).toBeGreaterThan(2);
  expect(metrics).not.toContain("canary-app");
});

async function filesHolding(text: string): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const contents = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")));
  return files.map(({ name }) => name).filter((_, index) => contents[index]!.includes(`${text}app`));
}
