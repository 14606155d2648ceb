import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000 }); // each test starts several processes, one after the other

// A deployment tool's transactions: a configuration value, files, an image tag, a deployment. They outlive the process
// that is killed, and another one undoes them with handlers found by name.

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "deployments-"));
  for (const service of ["api", "web", "jobs"]) {
    mkdirSync(join(folder, service));
    writeFileSync(join(folder, service, "config.json"), '{"replicas":2}');
    writeFileSync(join(folder, service, "images.json"), '{"image":"1.0"}');
  }
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(
  command: "deploy" | "deploy-and-die" | "recover" | "rollback-committed" | "clean-up",
  service = "api",
): Promise<string> {
  const program = fileURLToPath(new URL("./rollback-deployment-tool.ts", import.meta.url));
  const child = spawn(process.execPath, [
    "--conditions=@holdfast/source",
    "--disable-warning=ExperimentalWarning",
    program,
    folder,
    command,
    service,
  ]);
  let output = "";
  child.stdout.on("data", (data) => {
    output += String(data);
  });
  child.stderr.on("data", (data) => {
    output += String(data);
  });
  await once(child, "close");
  const killed = child.signalCode === "SIGKILL" || (process.platform === "win32" && child.exitCode === 1);
  if (command === "deploy-and-die" ? !killed : child.exitCode !== 0) {
    throw new Error(`${command} ${service} ended by ${child.signalCode ?? child.exitCode}:\n${output}`);
  }
  return output;
}

function deployed(service = "api") {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, service, name), "utf8"));
  return {
    config: read("config.json"),
    images: read("images.json"),
    manifest: existsSync(join(folder, service, "manifest.yaml")),
  };
}

const OLD = { config: { replicas: 2 }, images: { image: "1.0" }, manifest: false };
const NEW = { config: { replicas: 5 }, images: { image: "2.0" }, manifest: true };

test("a deployment that is killed half-way is undone by another process, back to what was there before", async () => {
  await run("deploy-and-die");
  expect(deployed()).toEqual(NEW);
  expect(await run("recover")).toContain("rolled-back");
  expect(deployed()).toEqual(OLD);
});

test("a deployment that is committed stays, and is not rolled back by mistake", async () => {
  expect(await run("deploy")).toContain("committed");
  expect(await run("recover")).toContain("nothing is open");
  expect(await run("rollback-committed")).toContain("is committed, which is final");
  expect(deployed()).toEqual(NEW);
});

test("deployments begun in the same second are kept apart, and cleaning up deletes what ended, never what is open", async () => {
  await Promise.all([run("deploy", "api"), run("deploy-and-die", "web"), run("deploy-and-die", "jobs")]);
  expect(await run("clean-up")).toContain("deleted 1, left 2");
  expect(await run("recover")).toContain("rolled-back rolled-back");
  expect([deployed("api"), deployed("web"), deployed("jobs")]).toEqual([NEW, OLD, OLD]);
});
