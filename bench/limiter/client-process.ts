import { candidates } from "./candidates.ts";
import { scenarios } from "./scenarios.ts";

/** One client process: makes all calls of a scenario by one candidate, and reports what its callers saw. */

export interface ClientReport {
  readonly wallMs: number;
  readonly failures: number;
  /** Of the calls that succeeded, in milliseconds. */
  readonly durations: readonly number[];
  /** The same, of the operation that nothing throttles. */
  readonly otherDurations: readonly number[];
  readonly firstFailure?: string | undefined;
}

const [scenarioName = "", candidate = "", port = "", client = ""] = process.argv.slice(2);
const scenario = scenarios[scenarioName];
const make = candidates[candidate];
if (scenario === undefined || make === undefined)
  throw new Error(`No scenario "${scenarioName}" or candidate "${candidate}"`);
const call = make({ port: Number(port), client, scenario });
const durations: number[] = [];
const otherDurations: number[] = [];
let failures = 0;
let firstFailure: string | undefined;
let begun = 0;

async function one(operation: string): Promise<void> {
  const since = performance.now();
  try {
    await call(operation);
    (operation === "Free" ? otherDurations : durations).push(performance.now() - since);
  } catch (error) {
    failures += 1;
    firstFailure ??= String(error);
  }
}

async function worker(operation: string, total: () => boolean): Promise<void> {
  while (total()) await one(operation);
}

async function closedLoop(calls: number, workers: number, operation: string): Promise<void> {
  let left = calls;
  await Promise.all(Array.from({ length: workers }, () => worker(operation, () => left-- > 0)));
}

async function openLoop(calls: number, perSecond: number): Promise<void> {
  const startedAt = performance.now();
  const all: Promise<void>[] = [];
  while (begun < calls) {
    const due = Math.min(calls, Math.floor(((performance.now() - startedAt) * perSecond) / 1_000));
    for (; begun < due; begun += 1) all.push(one("Limited"));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(all);
}

async function run({ callsEach, workersEach, arrivalsPerSecond, twoOperations = false } = scenario!): Promise<void> {
  if (arrivalsPerSecond !== undefined) await openLoop(callsEach, arrivalsPerSecond);
  else if (!twoOperations) await closedLoop(callsEach, workersEach, "Limited");
  else {
    await Promise.all(["Limited", "Free"].map((operation) => closedLoop(callsEach / 2, workersEach / 2, operation)));
  }
}

process.once("message", async () => {
  const startedAt = performance.now();
  await run();
  const report: ClientReport = {
    wallMs: performance.now() - startedAt,
    failures,
    durations,
    otherDurations,
    firstFailure,
  };
  process.send?.({ report }, () => process.exit());
});
process.once("disconnect", () => process.exit());
process.send?.({ ready: true });
