import type { ClientReport } from "./client-process.ts";
import type { Scenario } from "./scenarios.ts";
import type { ServerLog } from "./server-process.ts";

/** What one run of a candidate on a scenario came to. */
export interface Measures {
  /** Time over the ideal. */
  readonly wall: number;
  /** Throttled calls per success. */
  readonly rejected: number;
  readonly failures: number;
  readonly p99Ms: number;
  /** p99 over workers / rate. */
  readonly p99: number;
  /** Most over fewest successes of a process, when the first has finished. */
  readonly share: number | undefined;
  readonly backMs: number | undefined;
  readonly sentIntoOutage: number | undefined;
  readonly firstSuccessMs: number | undefined;
  readonly usedAtLeast: number | undefined;
  readonly otherP99Ms: number | undefined;
}

export function measureRun(scenario: Scenario, reports: readonly ClientReport[], log: ServerLog): Measures {
  const durations = reports.flatMap((report) => report.durations);
  const other = reports.flatMap((report) => report.otherDurations);
  const perSecond = scenario.server.limits[0]!.perSecond;
  const p99Ms = percentile(durations, 0.99);
  const { outage } = scenario.server;
  return {
    wall: Math.max(...reports.map(({ wallMs }) => wallMs)) / scenario.idealMs,
    rejected: log.throttled / Math.max(1, log.accepted.length),
    failures: reports.reduce((sum, report) => sum + report.failures, 0),
    p99Ms,
    p99: p99Ms / ((scenario.workersEach * scenario.processes * 1_000) / perSecond),
    share: scenario.processes > 1 ? share(scenario, log) : undefined,
    backMs: scenario.goals.backMs === undefined ? undefined : backMs(scenario, log),
    sentIntoOutage: outage && log.askedAt.filter((at) => at >= outage.fromMs && at < outage.toMs).length,
    firstSuccessMs: outage && (log.accepted.find(([at]) => at >= outage.toMs)?.[0] ?? Number.NaN) - outage.toMs,
    usedAtLeast:
      outage && log.accepted.filter(([at]) => at >= outage.toMs && at < outage.toMs + 10_000).length / (perSecond * 10),
    otherP99Ms: other.length === 0 ? undefined : percentile(other, 0.99),
  };
}

/** Of each figure, the median of the runs that have it. */
export function medianMeasures(runs: readonly Measures[]): Measures {
  const [first] = runs;
  if (first === undefined) throw new Error("No run to take the median of");
  const median = { ...first };
  for (const key of Object.keys(first) as (keyof Measures)[]) {
    const values = runs.map((run) => run[key]).filter((value) => value !== undefined);
    Object.assign(median, { [key]: values.toSorted((one, other) => one - other)[values.length >> 1] });
  }
  return median;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

function share(scenario: Scenario, log: ServerLog): number {
  const successes = new Map<string, number>();
  for (const [, client] of log.accepted) {
    const count = (successes.get(client) ?? 0) + 1;
    successes.set(client, count);
    if (count === scenario.callsEach) break;
  }
  return successes.size < scenario.processes
    ? Number.POSITIVE_INFINITY
    : Math.max(...successes.values()) / Math.min(...successes.values());
}

/** From the return of the limit to the start of the first half second in which 90 % of it was used. */
function backMs(scenario: Scenario, log: ServerLog): number {
  const { fromMs, perSecond } = scenario.server.limits.at(-1)!;
  const times = log.accepted.map(([at]) => at);
  for (let start = fromMs; start < fromMs + 20_000; start += 100) {
    if (times.filter((at) => at >= start && at < start + 500).length >= perSecond * 0.45) return start - fromMs;
  }
  return Number.NaN;
}
