import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000 }); // each test starts several processes, one after the other

// One transaction changes two accounts through a role in each, its process is killed, and another process undoes both accounts'
// changes through clients of its own: those of one account at most two at a time, the accounts side by side.

const hub = "111122223333";
const accounts = ["444455556666", "777788889999"];
const tool = fileURLToPath(new URL("rollback-accounts-tool.ts", import.meta.url));

let aws: LocalAws;
let folder: string;

beforeEach(async () => {
  aws = await startLocalAws();
  folder = mkdtempSync(join(tmpdir(), "accounts-"));
  for (const account of accounts) role(account);
});

afterEach(async () => {
  await aws.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The role that the journal's programs assume in an account; it may do all there, or only some things. */
function role(account: string, action: string | readonly string[] = "*"): void {
  aws.createRole({
    account,
    name: "Journal",
    trusts: [hub],
    externalId: "journal",
    policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] },
  });
}

async function run(mode: string) {
  const child = spawn(process.execPath, ["--conditions=@holdfast/source", tool, mode, ...accounts], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: "1", ...aws.environment({ account: hub }) },
  });
  const [out, err, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { told: out === "" ? undefined : JSON.parse(out), err, code, signal };
}

const killed = process.platform === "win32" ? { code: 1 } : { signal: "SIGKILL" };
const left = () => accounts.map((account) => aws.secrets({ account }).map(({ name }) => name));

test("both accounts' changes are undone by another process, each account's within its bound", async () => {
  expect(await run("work-and-die")).toMatchObject({ ...killed, err: "" });
  const made = ["app/a", "app/b", "app/c", "app/d"];
  expect(left().map((names) => names.toSorted())).toEqual([made, [...made, "app/last"]]);

  aws.clearCalls();
  expect(await run("recover")).toMatchObject({
    code: 0,
    err: "",
    told: { outcome: "rolled-back", undone: 9, parked: 0, most: 2 },
  });
  expect(left()).toEqual([[], []]);
  expect(accounts.map((account) => aws.calls({ operation: "DeleteSecret", account }).length)).toEqual([4, 5]);
  expect(aws.calls({ service: "secretsmanager", account: hub })).toEqual([]);
  expect(aws.calls({ operation: "AssumeRole", account: hub })).toHaveLength(accounts.length);
});

test("what one account refuses is parked; the other's changes are undone, and the rest once the right is there", async () => {
  expect(await run("work-and-die")).toMatchObject({ ...killed, err: "" });
  role(accounts[1]!, ["secretsmanager:CreateSecret", "secretsmanager:DescribeSecret"]);
  expect(await run("recover")).toMatchObject({ code: 0, told: { outcome: "parked", undone: 4, parked: 5 } });
  expect(left().map(({ length }) => length)).toEqual([0, 5]);

  role(accounts[1]!);
  expect(await run("retry")).toMatchObject({ code: 0, err: "", told: { outcome: "rolled-back" } });
  expect(left()).toEqual([[], []]);
});
