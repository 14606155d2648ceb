import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { startLocalAws } from "@holdfast/local-aws";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const replicator = fileURLToPath(new URL("cli-replicator.ts", import.meta.url));

// A replicator makes secrets at an AWS endpoint, meets an error that it reports to a file, and is killed. What is left is the operator's,
// who has two files and the `holdfast` command.
test("an operator sees what went wrong, undoes what was half done, and leaves AWS as it was", async () => {
  await using aws = await startLocalAws();
  const folder = mkdtempSync(join(tmpdir(), "holdfast-operator-"));
  const run = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, ["--conditions=@holdfast/source", ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: "1", ...aws.environment() },
    });
    const [out, err, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    return { out, err, code: code as number | null, signal: signal as string | null };
  };
  const holdfast = (...args: readonly string[]) => run(main, ...args);
  const execute = ["recovery", "execute", "--journal", "replication.journal", "--operations", replicator];
  const client = new SecretsManagerClient(aws.clientConfig());
  // A list lags behind; this does not.
  const isThere = (SecretId: string) =>
    client.send(new DescribeSecretCommand({ SecretId })).then(
      () => true,
      ({ name }: Error) => name,
    );
  const there = async () => [await isThere("app/one"), await isThere("app/two")];
  try {
    const killed = process.platform === "win32" ? { code: 1 } : { signal: "SIGKILL" };
    expect(await run(replicator, "replicate")).toMatchObject({ ...killed, err: "" });
    expect(await there()).toEqual([true, true]);

    const summary = await holdfast("errors", "summary");
    expect(summary).toMatchObject({ code: 0, err: "" });
    expect(summary.out).toContain("1 × ResourceNotFoundException at SecretsManager GetSecretValue");

    const listed = await holdfast("recovery", "list", "--journal", "replication.journal", "--json");
    expect(JSON.parse(listed.out).transactions).toMatchObject([{ status: "active", ownerState: "dead" }]);

    expect(await holdfast("doctor", "--journal", "replication.journal")).toMatchObject({ code: 0 });
    expect(await holdfast(...execute, "--dry-run")).toMatchObject({ code: 0 });
    expect(await there()).toEqual([true, true]);

    const executed = await holdfast(...execute);
    expect(executed).toMatchObject({ code: 0, err: "" });
    expect(executed.out).toContain("2 undone");
    expect(await there()).toEqual(["ResourceNotFoundException", "ResourceNotFoundException"]);
    const outputs = [summary, listed, executed, await holdfast("errors", "export")];
    expect(outputs.map(({ out, err }) => out + err).join()).not.toContain("c4n4ry");
  } finally {
    client.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
