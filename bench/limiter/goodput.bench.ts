/**
 * How much of a limit nobody was told is used, and at what price: each candidate against a server with a token
 * bucket in a process of its own, over loopback, one default configuration of each for every scenario.
 *
 *     node --conditions=@holdfast/source bench/limiter/goodput.bench.ts [--smoke] [--ours] [--rounds=3] [scenario …]
 */
import { type ChildProcess, fork } from "node:child_process";
import { keep, smoke } from "../report.ts";
import { candidates } from "./candidates.ts";
import type { ClientReport } from "./client-process.ts";
import { type Measures, measureRun, medianMeasures } from "./measure-run.ts";
import { type Goals, type Scenario, scenarios } from "./scenarios.ts";
import type { ServerLog } from "./server-process.ts";

const rounds = Number(process.argv.find((argument) => argument.startsWith("--rounds="))?.slice(9) ?? 1);
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const ours = Object.keys(candidates)[0]!;
const names = smoke
  ? ["smoke"]
  : wanted.length > 0
    ? wanted
    : Object.keys(scenarios).filter((name) => name !== "smoke");
const contenders = smoke || process.argv.includes("--ours") ? [ours] : Object.keys(candidates);
/** Runs at once: busy ones get the machine to themselves. */
const atOnce = (scenario: Scenario) => (scenario.server.limits[0]!.perSecond > 500 ? 1 : 4);
const columns: readonly { readonly key: keyof Measures; readonly title: string; readonly digits: number }[] = [
  { key: "wall", title: "wall/ideal", digits: 3 },
  { key: "rejected", title: "rej/success", digits: 3 },
  { key: "failures", title: "failed calls", digits: 0 },
  { key: "p99Ms", title: "p99 ms", digits: 0 },
  { key: "p99", title: "p99/floor", digits: 2 },
  { key: "share", title: "share", digits: 2 },
  { key: "backMs", title: "back ms", digits: 0 },
  { key: "sentIntoOutage", title: "into outage", digits: 0 },
  { key: "firstSuccessMs", title: "first ms", digits: 0 },
  { key: "usedAtLeast", title: "used after", digits: 2 },
  { key: "otherP99Ms", title: "other p99 ms", digits: 1 },
];

interface Row {
  readonly candidate: string;
  readonly measures: Measures;
}

const results: Record<string, readonly Row[]> = {};
for (const name of names) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`No scenario "${name}"; there are ${Object.keys(scenarios).join(", ")}`);
  const jobs = Array.from({ length: rounds }, () => contenders).flat();
  const rows: Row[] = [];
  const next = async (): Promise<void> => {
    for (let candidate = jobs.shift(); candidate !== undefined; candidate = jobs.shift()) {
      rows.push({ candidate, measures: await runOnce(name, scenario, candidate) });
    }
  };
  await Promise.all(Array.from({ length: atOnce(scenario) }, next));
  results[name] = contenders.map((candidate) => medianRow(candidate, rows));
  print(scenario, results[name]);
  keep("limiter-goodput", results); // each time: a full run is long
}

async function runOnce(name: string, scenario: Scenario, candidate: string): Promise<Measures> {
  const server = start("server-process.ts", []);
  const { port } = await heard<{ port: number }>(server, "port");
  const clients = Array.from({ length: scenario.processes }, (_, index) =>
    start("client-process.ts", [name, candidate, String(port), String(index)]),
  );
  await Promise.all(clients.map((client) => heard(client, "ready")));
  server.send({ start: scenario.server });
  await heard(server, "started");
  const reports = clients.map((client) => heard<{ report: ClientReport }>(client, "report"));
  for (const client of clients) client.send({ go: true });
  const seen = await Promise.all(reports);
  server.send({ report: true });
  const { log } = await heard<{ log: ServerLog }>(server, "log");
  server.disconnect();
  return measureRun(
    scenario,
    seen.map(({ report }) => report),
    log,
  );
}

function start(file: string, args: readonly string[]): ChildProcess {
  return fork(new URL(file, import.meta.url), args, {
    execArgv: ["--conditions=@holdfast/source", "--disable-warning=ExperimentalWarning"],
  });
}

function heard<Message>(from: ChildProcess, key: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const listen = (message: unknown) => {
      if (typeof message !== "object" || message === null || !(key in message)) return;
      from.off("message", listen);
      from.off("exit", gone);
      resolve(message as Message);
    };
    const gone = (code: number | null) => reject(new Error(`A process ended with ${code} before it said "${key}"`));
    from.on("message", listen);
    from.once("exit", gone);
  });
}

function medianRow(candidate: string, rows: readonly Row[]): Row {
  const all = rows.filter((row) => row.candidate === candidate).map((row) => row.measures);
  return { candidate, measures: medianMeasures(all) };
}

function print(scenario: Scenario, rows: readonly Row[]): void {
  console.log(`\n${scenario.title}${scenario.heldOut ? " (held out)" : ""}`);
  const shown = columns.filter(({ key }) => rows.some(({ measures }) => measures[key] !== undefined));
  console.log(`${"".padEnd(38)}${shown.map(({ title }) => title.padStart(14)).join("")}`);
  for (const { candidate, measures } of rows) {
    const cells = shown.map(({ key, digits }) => (measures[key]?.toFixed(digits) ?? "").padStart(14));
    console.log(`${candidate.padEnd(38)}${cells.join("")}`);
  }
  const first = rows[0]!.measures;
  if (rows[0]!.candidate !== ours) return;
  const verdicts = (Object.keys(scenario.goals) as (keyof Goals)[]).map((goal) => {
    const [figure, bound] = [first[goal] ?? Number.NaN, scenario.goals[goal]!];
    const met = goal === "usedAtLeast" ? figure >= bound : figure <= bound;
    return `${goal} ${figure.toFixed(3)} (goal ${goal === "usedAtLeast" ? "≥" : "≤"} ${bound}) ${met ? "met" : "missed"}`;
  });
  verdicts.push(`failed calls ${first.failures} (goal 0) ${first.failures === 0 ? "met" : "missed"}`);
  console.log(`  ours: ${verdicts.join("; ")}`);
}
