import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { leftBehind, operationsModule } from "../fixture/left-behind.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

function holdfast(args: readonly string[], input = "", flags: readonly string[] = []) {
  const node = [...flags, "--conditions=@holdfast/source", main];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, ...args], {
    input,
    encoding: "utf8",
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  return { status, stdout, stderr };
}

test("the process explains what is piped into it", () => {
  const text = "An error occurred (ThrottlingException) when calling the PutSecretValue operation: Rate exceeded";
  const { status, stdout } = holdfast(["errors", "explain"], text);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ThrottlingException at PutSecretValue: Rate exceeded\n/);
});

test("the process ends with 64 on a wrong command line, and with its version on --version", () => {
  expect(holdfast(["frobnicate"])).toMatchObject({ status: 64, stdout: "" });
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(holdfast(["--version"])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
});

test("a Node without SQLite still explains errors, and the doctor says what is missing", () => {
  const flags = ["--no-experimental-sqlite"];
  expect(holdfast(["errors", "guidance", "throttling"], "", flags)).toMatchObject({ status: 0, stderr: "" });
  const { status, stdout } = holdfast(["doctor"], "", flags);
  expect(status).toBe(1);
  expect(stdout).toContain("This Node has no SQLite built in");
});

test("a reader that has seen enough does not crash it", async () => {
  const child = spawn(process.execPath, ["--conditions=@holdfast/source", main, "errors", "guidance", "throttling"]);
  child.stdout.destroy();
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("nor does one of its errors, and the exit code is its own", async () => {
  const child = spawn(process.execPath, ["--conditions=@holdfast/source", main, "frobnicate"]);
  child.stdout.destroy();
  child.stderr.destroy();
  expect(await once(child, "exit")).toEqual([64, null]);
});

test("the process recovers what a killed one left, and then finds nothing open", async () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
  try {
    const journal = await leftBehind(folder);
    const execute = ["recovery", "execute", "--journal", journal, "--operations", operationsModule];
    expect(holdfast(execute.slice(0, 4)).status).toBe(5);
    expect(holdfast(execute)).toMatchObject({ status: 0, stderr: "" });
    expect(holdfast(execute).stdout).toBe("Nothing is open.\n");
    expect(holdfast(["journal", "verify", "--journal", journal]).status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
