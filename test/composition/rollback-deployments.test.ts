import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000 }); // each test starts several processes, one after the other

// A deployment tool's transactions: a configuration value, files, an image tag, a deployment. They outlive the process
// that is killed, and another one undoes them with handlers found by name.

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "deployments-"));
  writeFileSync(join(folder, "config.json"), '{"replicas":2}');
  writeFileSync(join(folder, "images.json"), '{"api":"1.0"}');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(
  command: "deploy" | "deploy-and-die" | "recover" | "rollback-committed" | "clean-up",
): Promise<string> {
  const program = new URL("./rollback-deployment-tool.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [
    "--conditions=@holdfast/source",
    "--disable-warning=ExperimentalWarning",
    program,
    folder,
    command,
  ]);
  let output = "";
  child.stdout.on("data", (data) => {
    output += String(data);
  });
  child.stderr.on("data", (data) => {
    output += String(data);
  });
  await once(child, "exit");
  return output;
}

function deployed() {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  return {
    config: read("config.json"),
    images: read("images.json"),
    manifests: existsSync(join(folder, "manifests")) ? readdirSync(join(folder, "manifests")) : [],
  };
}

test("a deployment that is killed half-way is undone by another process, back to what was there before", async () => {
  await run("deploy-and-die");
  expect(deployed()).toEqual({ config: { replicas: 5 }, images: { api: "2.0" }, manifests: ["api.yaml"] });
  expect(await run("recover")).toContain("rolled-back");
  expect(deployed()).toEqual({ config: { replicas: 2 }, images: { api: "1.0" }, manifests: [] });
});

test("a deployment that is committed stays, and is not rolled back by mistake", async () => {
  expect(await run("deploy")).toContain("committed");
  expect(await run("recover")).toContain("nothing is open");
  expect(await run("rollback-committed")).toContain("is committed, which is final");
  expect(deployed()).toEqual({ config: { replicas: 5 }, images: { api: "2.0" }, manifests: ["api.yaml"] });
});

test("deployments begun in the same second are kept apart, and cleaning up deletes what ended, never what is open", async () => {
  await Promise.all([run("deploy"), run("deploy-and-die"), run("deploy-and-die")]);
  expect(await run("clean-up")).toContain("deleted 1, left 2");
  expect(await run("recover")).toContain("rolled-back");
});
