import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { addOutcomes, type CrashItem, type ItemOutcome, outcomeInWords } from "./crash-item.ts";
import { items } from "./items.ts";
import { ProgressFile } from "./progress-file.ts";
import { piecesOf, runPieces } from "./run-pieces.ts";

const usage = `The journal's crash plan.

  npm run crash -w packages/rollback -- --per-pr | --per-release [options]

  --item NAME     only items whose name contains it; may be repeated
  --cases N       so many cases of each
  --share K/N     the K-th of N parts of each, to run the others elsewhere
  --seed N        default: chosen, and printed
  --workers N     processes side by side; default: one per core
  --progress FILE written as it goes; a run that was stopped goes on from it
  --list          names and sizes

Exit code: 0 all passed, 1 something failed, 2 nothing failed but something was not run.`;

const { values } = parseArgs({
  options: {
    "per-pr": { type: "boolean", default: false },
    "per-release": { type: "boolean", default: false },
    item: { type: "string", multiple: true },
    cases: { type: "string" },
    share: { type: "string", default: "1/1" },
    seed: { type: "string" },
    workers: { type: "string" },
    progress: { type: "string" },
    list: { type: "boolean", default: false },
  },
});
const chosen = items.filter(({ name }) => values.item?.some((part) => name.includes(part)) ?? true);
if (values.list) {
  for (const { name, perPullRequest, perRelease } of items) {
    console.log(`${name}: ${size(perPullRequest)} per PR, ${size(perRelease)} per release`);
  }
} else if (values["per-pr"] === values["per-release"] || chosen.length === 0) {
  console.error(usage);
  process.exitCode = 1;
} else {
  await runPlan();
}

async function runPlan(): Promise<void> {
  const progress = new ProgressFile(values.progress);
  const seed = progress.seed ?? Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  console.log(`seed ${seed}`);
  let exitCode = 0;
  for (const item of chosen) {
    const verdict = await runItem(item, seed, progress, stop.signal);
    if (verdict === "FAILED") exitCode = 1;
    else if (verdict !== "passed" && exitCode === 0) exitCode = 2;
  }
  process.exitCode = exitCode;
}

async function runItem(item: CrashItem, seed: number, progress: ProgressFile, signal: AbortSignal) {
  const of = Number(values.cases ?? (values["per-release"] ? item.perRelease : item.perPullRequest));
  if (of === 0) return "passed"; // not in this column
  const [part = 1, parts = 1] = values.share.split("/").map(Number);
  const pieces = piecesOf(item, of, seed).filter((_, index) => index % parts === part - 1);
  const outcomes: ItemOutcome[] = pieces.flatMap((piece) => progress.outcomeOf(item.name, piece) ?? []);
  const startedAt = performance.now();
  const left = pieces.filter((piece) => progress.outcomeOf(item.name, piece) === undefined);
  const workers = Number(values.workers ?? availableParallelism());
  await runPieces(item, left, workers, signal, (piece, outcome) => {
    outcomes.push(outcome);
    if (outcome.notRun === undefined) progress.add({ item: item.name, piece, outcome });
  });
  const outcome = addOutcomes(outcomes);
  const verdict = verdictOn(outcome, outcomes.length === pieces.length);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const share = part === 1 && parts === 1 ? "" : `; share ${values.share}`;
  console.log(
    `${verdict}  ${item.name}: ${outcome.notRun ?? outcomeInWords(outcome)}; seed ${seed}${share}, ${seconds} s`,
  );
  for (const problem of outcome.problems.slice(0, 5)) console.log(`         ${problem}`);
  if (outcome.problems.length > 5) console.log(`         and ${outcome.problems.length - 5} more`);
  return verdict;
}

function verdictOn({ problems, notRun }: ItemOutcome, whole: boolean) {
  if (problems.length > 0) return "FAILED";
  if (notRun !== undefined) return "not run";
  return whole ? "passed" : "stopped";
}

function size(cases: number): string {
  if (cases === Number.MAX_SAFE_INTEGER) return "all";
  return cases === 0 ? "none" : cases.toLocaleString("en");
}
