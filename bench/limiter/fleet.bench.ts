/**
 * 10 to 100,000 clients share one limit of 1,000 calls a second and have 800 a second to make between them. After ten
 * seconds the limit falls to 300 for ten seconds. With and without a retry budget and the adaptive limiter, in
 * virtual time: what is done, what is rejected, and how long until all is well again. Draws docs/fleet*.svg.
 *
 *     node --conditions=@holdfast/source bench/limiter/fleet.bench.ts [--smoke]
 */
import { writeFileSync } from "node:fs";
import { keep, smoke } from "../report.ts";
import { endsAt, type FleetOutcome, simulateFleet, strategies } from "./fleet.ts";
import { drawCharts } from "./line-chart.ts";

const sizes = smoke ? [10, 100] : [10, 100, 1_000, 10_000, 100_000];
const shownSize = smoke ? 100 : 1_000;

const outcomes: FleetOutcome[] = [];
console.log(
  `${"clients".padEnd(9)}${"strategy".padEnd(26)}  succeeded  rejected/success  most sent/offered  recovered s    p99 ms`,
);
for (const clients of sizes) {
  for (const strategy of strategies) {
    const outcome = simulateFleet({ clients, strategy, seed: 1 });
    outcomes.push(outcome);
    console.log(
      `${String(clients).padEnd(9)}${strategy.title.padEnd(26)}` +
        outcome.succeeded.toFixed(4).padStart(11) +
        outcome.rejectedPerSuccess.toFixed(3).padStart(18) +
        outcome.amplification.toFixed(2).padStart(19) +
        outcome.recoveredS.toFixed(0).padStart(13) +
        outcome.p99Ms.toFixed(0).padStart(10),
    );
  }
}

const bySize = (measure: (outcome: FleetOutcome) => number) =>
  strategies.map(({ title }) => ({
    title,
    points: outcomes
      .filter(({ strategy }) => strategy === title)
      .map((outcome) => [outcome.clients, measure(outcome)] as const),
  }));
const overTime = (counts: (outcome: FleetOutcome) => readonly number[]) =>
  outcomes
    .filter(({ clients }) => clients === shownSize)
    .map((outcome) => ({
      title: outcome.strategy,
      points: counts(outcome)
        .slice(0, endsAt / 1_000)
        .map((count, second) => [second, count] as const),
    }));

const xTitle = "clients that share the limit";
const fleet = drawCharts([
  {
    title: "share of calls that succeeded",
    xTitle,
    logarithmic: true,
    series: bySize((one) => one.succeeded),
    yMax: 1,
  },
  { title: "rejected calls per success", xTitle, logarithmic: true, series: bySize((one) => one.rejectedPerSuccess) },
  { title: "seconds to recover", xTitle, logarithmic: true, series: bySize((one) => one.recoveredS) },
]);
const timeline = drawCharts([
  { title: `accepted per second, ${shownSize} clients`, xTitle: "seconds", series: overTime((one) => one.accepted) },
  { title: `throttled per second, ${shownSize} clients`, xTitle: "seconds", series: overTime((one) => one.throttled) },
]);
keep("limiter-fleet", { outcomes });
if (!smoke) {
  writeFileSync(new URL("../../docs/fleet.svg", import.meta.url), fleet);
  writeFileSync(new URL("../../docs/fleet-timeline.svg", import.meta.url), timeline);
}
