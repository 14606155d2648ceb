import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { differingSecrets, readRegionState } from "../replication/compare-states.ts";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

/** A process of its own replicates and is killed in the middle; another finishes the undo. */
export const killedScene: Scene = async (stage) => {
  const { screen, world } = stage;
  const started = performance.now();
  const callsBefore = world.aws.totalCalls;
  screen.title("(d) a process of its own does the same, and is killed with SIGKILL in the middle");
  const before = await readRegionState(world.destination, world.names);
  const journal = join(stage.folder, "killed.journal");
  const runArguments = [
    "run",
    ...["--from", world.from, "--to", world.to, "--to-role-arn", world.roleArn, "--external-id", world.externalId],
    ...["--filter", "app/*", "--sed", stage.sedScript, "--step-deadline", String(stage.stepDeadlineMs)],
  ];

  const half = reachedWrites(stage, Math.floor(world.names.length / 2));
  const run = startProcess(stage, journal, runArguments);
  await Promise.race([half.reached, once(run.process, "exit")]);
  run.process.kill("SIGKILL");
  await run.ended;
  half.remove();
  const touched = differingSecrets(before, await readRegionState(world.destination, world.names)).length;
  screen.line(
    `killed (${run.process.signalCode ?? `ended by itself with ${run.process.exitCode}`}), with ${touched} secrets changed`,
    "warn",
  );

  const recovery = startProcess(stage, journal, ["recover"]);
  const facts = await recovery.ended;
  const undone = facts.filter(({ type }) => type === "undone").length;
  const differing = differingSecrets(before, await readRegionState(world.destination, world.names));
  screen.line(`recover, in a new process: ${undone} changes undone, exit code ${recovery.process.exitCode}`, "good");
  screen.line(
    `${before.size} secrets compared with before: ${differing.length} differ`,
    differing.length === 0 ? "good" : "bad",
  );
  const sum = (type: string, field: string) =>
    facts.filter((fact) => fact.type === type).reduce((total, fact) => total + Number(fact[field] ?? 0), 0);
  return {
    scene: "killed",
    asItShould:
      run.process.signalCode === "SIGKILL" && touched > 0 && recovery.process.exitCode === 0 && differing.length === 0,
    calls: world.aws.totalCalls - callsBefore,
    retries: sum("figures", "retries"),
    throttled: sum("figures", "throttled"),
    waitedMs: sum("figures", "waitedMs"),
    undone,
    metricData: sum("figures", "metricData"),
    seconds: (performance.now() - started) / 1_000,
  };
};

/** Resolves when the destination has been asked for so many changes. */
function reachedWrites({ world }: Stage, count: number): { readonly reached: Promise<void>; remove(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  const rule = world.aws.faults.add({
    account: world.destinationAccount,
    operation: ["PutSecretValue", "CreateSecret"],
    fault: "latency",
    latencyMs: 0,
    when: () => {
      seen += 1;
      if (seen === count) resolve();
      return false;
    },
  });
  return { reached: promise, remove: () => rule.remove() };
}

type Fact = Readonly<Record<string, unknown>>;

function startProcess(
  { world, folder }: Stage,
  journal: string,
  args: readonly string[],
): { readonly process: ChildProcess; readonly ended: Promise<Fact[]> } {
  const main = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "../main.ts" : "../main.js", import.meta.url));
  const flags = ["--journal", journal, "--settle-margin", "200", "--local-only", "--json"];
  const child = spawn(process.execPath, [...process.execArgv, main, ...args, ...flags], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      NODE_NO_WARNINGS: "1",
      ...world.aws.environment({ account: "111111111111", region: world.from }),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const ended = once(child, "close").then(() =>
    output.split("\n").flatMap((line): Fact[] => {
      try {
        return [JSON.parse(line) as Fact];
      } catch {
        return []; // the line that the kill cut off
      }
    }),
  );
  return { process: child, ended };
}
