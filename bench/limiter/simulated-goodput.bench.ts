/**
 * The scenarios of goodput.bench.ts in virtual time, by the limiter's learner alone, over many seeds: how much its
 * figures vary, and where to change the learner and see what comes of it in seconds. `--learner` takes the file of
 * another version of it, to run side by side.
 *
 *     node --conditions=@holdfast/source bench/limiter/simulated-goodput.bench.ts [--smoke] [--seeds=100]
 *         [--learner=/path/to/learner.ts] [scenario …]
 */
import { Learner } from "../../packages/limiter/src/learner/learner.ts";
import { keep, smoke } from "../report.ts";
import { type Measures, measureRun } from "./measure-run.ts";
import { type Goals, scenarios } from "./scenarios.ts";
import { simulate } from "./simulation.ts";

const option = (name: string) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const names =
  wanted.length > 0 ? wanted : Object.keys(scenarios).filter((name) => name !== "smoke" && name !== "operations");
const seeds = Number(option("seeds") ?? (smoke ? 2 : 100));
const other = option("learner");
const { Learner: MadeLearner } =
  other === undefined ? { Learner } : ((await import(other)) as { Learner: typeof Learner });

const results: Record<string, Record<string, readonly number[]>> = {};
console.log(`median / 95th percentile / worst of ${seeds} seeds; a * marks a goal that the median misses`);
for (const name of names) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`No scenario "${name}"; there are ${Object.keys(scenarios).join(", ")}`);
  const runs = Array.from({ length: seeds }, (_, seed) => {
    const { reports, log } = simulate(scenario, seed + 1, MadeLearner);
    return measureRun(scenario, reports, log);
  });
  const keys = [
    "wall",
    "rejected",
    "failures",
    "p99",
    "share",
    "backMs",
    "sentIntoOutage",
    "firstSuccessMs",
    "usedAtLeast",
  ] as const;
  results[name] = {};
  const cells = keys
    .filter((key) => runs[0]![key] !== undefined)
    .map((key) => {
      const spread = spreadOf(key, runs);
      results[name]![key] = spread;
      const goal = key === "failures" ? 0 : scenario.goals[key as keyof Goals];
      const missed = goal !== undefined && (key === "usedAtLeast" ? spread[0]! < goal : spread[0]! > goal);
      return `${key}${missed ? "*" : ""} ${spread.map((value) => value.toFixed(key.endsWith("Ms") || key === "failures" ? 0 : 3)).join("/")}`;
    });
  console.log(`${name.padEnd(14)}${cells.join("  ")}`);
}
keep("limiter-simulated-goodput", results);

/** For what should be large, the other way round: the worst is the smallest. */
function spreadOf(key: keyof Measures, runs: readonly Measures[]): readonly number[] {
  const values = runs.map((run) => run[key] ?? Number.NaN).toSorted((one, other) => one - other);
  if (key === "usedAtLeast") values.reverse();
  return [0.5, 0.95, 1].map((share) => values[Math.min(values.length - 1, Math.floor(values.length * share))]!);
}
