/**
 * What retries of many clients do to each other and to the service they share: discrete events, seeded, no real
 * time. Draws its plots into docs/.
 */
import { writeFileSync } from "node:fs";
import { type Backoff, decorrelated, exponential, retryBudget } from "../../packages/retry/src/index.ts";
import { type Goal, report, smoke } from "../report.ts";
import { arrivalsPerSecond, brownOut, brownOutOf, seconds } from "./fleet-brown-out.ts";
import { chart, type Line } from "./fleet-chart.ts";
import { type ContentionResult, contend } from "./fleet-contention.ts";
import { seeded } from "./fleet-random.ts";
import { perSecond, share } from "./fleet-rate-limit.ts";
import { articleStrategies, ourStrategies, type Strategy } from "./fleet-strategies.ts";

// What the article's own simulator gave, run as it stands: time to finish in ms and calls, at 50, 100 and 190 clients.
const article: Readonly<Record<string, readonly (readonly [timeMs: number, calls: number])[]>> = {
  none: [
    [1134, 689],
    [2033, 2422],
    [3538, 8006],
  ],
  exponential: [
    [36095, 619],
    [63594, 1858],
    [100522, 5156],
  ],
  "equal jitter": [
    [4233, 346],
    [6692, 812],
    [9503, 1758],
  ],
  "full jitter": [
    [2872, 333],
    [5005, 795],
    [7427, 1773],
  ],
  decorrelated: [
    [2254, 372],
    [4647, 998],
    [8040, 2430],
  ],
};
const articleClients = [50, 100, 190];

console.log("Clients that contend for one row: ms to finish, calls");
const counts = smoke ? [10, 50] : [10, 20, 50, 100, 190, 400, 1_000];
const contention: Record<string, Record<number, ContentionResult>> = {};
for (const { name, backoff } of [...articleStrategies, ...ourStrategies]) {
  contention[name] = {};
  for (const clients of counts) contention[name][clients] = averaged(clients, backoff);
}
console.table(
  mapped(contention, (byCount) =>
    mapped(byCount, ({ timeMs, calls }) => `${timeMs.toFixed(0)} ms, ${calls.toFixed(0)}`),
  ),
);

console.log(`Clients that share ${perSecond} calls a second: seconds to finish, calls per job`);
const tokens = (clock: Parameters<NonNullable<Parameters<typeof share>[3]>>[0]) =>
  retryBudget({ style: "ratio", clock });
const aws = exponential({ baseMs: 50, throttlingBaseMs: 1_000, maxMs: 20_000 });
const sharing: readonly (Strategy & { readonly budget?: typeof tokens; readonly most?: number })[] = [
  { name: "none", backoff: () => 0, most: 10_000 },
  { name: "exponential", backoff: exponential({ baseMs: 1_000, maxMs: 20_000, jitter: "none" }) },
  { name: "equal jitter", backoff: exponential({ baseMs: 1_000, maxMs: 20_000, jitter: "equal" }) },
  { name: "full jitter", backoff: exponential({ baseMs: 1_000, maxMs: 20_000 }) },
  { name: "decorrelated", backoff: decorrelated({ baseMs: 1_000, maxMs: 20_000 }) },
  { name: "AWS 2026, until done", backoff: aws },
  { name: "AWS 2026 and a budget, then a queue", backoff: aws, budget: tokens },
];
const fleets = smoke ? [10, 1_000] : [10, 100, 1_000, 10_000, 100_000];
const shared = Object.fromEntries(
  sharing.map(({ name, backoff, budget, most = Number.POSITIVE_INFINITY }) => [
    name,
    Object.fromEntries(
      fleets.map((clients) => {
        if (clients > most) return [clients, "not run"];
        const { timeMs, calls } = share(clients, backoff, seeded(clients), budget);
        return [clients, `${(timeMs / 1_000).toFixed(1)} s, ${(calls / clients).toFixed(2)}`];
      }),
    ),
  ]),
);
console.table(shared);

console.log(`${arrivalsPerSecond} calls a second; the service is slow from ${brownOut.from} to ${brownOut.to} s`);
const brownOuts = {
  "no retry": { maxAttempts: 1, backoff: () => 0 },
  "5 attempts, no budget": { maxAttempts: 5, backoff: exponential() },
  "5 attempts, 500 tokens": {
    maxAttempts: 5,
    backoff: exponential(),
    makeBudget: () => retryBudget({ style: "tokens" }),
  },
  "5 attempts, 20 % of calls": {
    maxAttempts: 5,
    backoff: exponential(),
    makeBudget: (clock: Parameters<typeof tokens>[0]) => retryBudget({ style: "ratio", clock }),
  },
};
const afterBrownOut = mapped(brownOuts, (options) => {
  const { goodput, load } = brownOutOf(options, seeded(1));
  const recovered = goodput.findIndex(
    (_, at) => at >= brownOut.to && goodput.slice(at, at + 5).every((n) => n > 0.9 * arrivalsPerSecond),
  );
  const last = goodput.slice(-30).reduce((sum, n) => sum + n, 0) / 30;
  return {
    goodput,
    peakLoad: Math.max(...load),
    recoveredAfterS: recovered < 0 ? undefined : recovered - brownOut.to,
    last,
  };
});
console.table(
  mapped(afterBrownOut, ({ peakLoad, recoveredAfterS, last }) => ({
    "most attempts a second": peakLoad,
    "well again after": recoveredAfterS === undefined ? "never" : `${recoveredAfterS} s`,
    "answered a second, at the end": Math.round(last),
  })),
);

if (!smoke) draw();
report("retry-fleet", { contention, shared, afterBrownOut }, [
  ...articleGoals(),
  ...jitteredLinearGoals(),
  ...brownOutGoals(),
]);

function averaged(clients: number, backoff: Backoff): ContentionResult {
  const trials = smoke ? 10 : clients <= 190 ? 100 : 10;
  let [timeMs, calls] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const result = contend(clients, backoff, seeded(trial * 1_000 + clients));
    timeMs += result.timeMs / trials;
    calls += result.calls / trials;
  }
  return { timeMs, calls };
}

function articleGoals(): Goal[] {
  return Object.entries(article).map(([name, figures]) => {
    let [worstTime, worstCalls] = [0, 0];
    for (const [index, clients] of articleClients.entries()) {
      const ours = contention[name]?.[clients];
      const [timeMs, calls] = figures[index]!;
      if (ours === undefined) continue;
      worstTime = Math.max(worstTime, Math.abs(ours.timeMs / timeMs - 1));
      worstCalls = Math.max(worstCalls, Math.abs(ours.calls / calls - 1));
    }
    return {
      goal: `article, ${name}: within 3 % of calls and 8 % of time`,
      figure: `${(worstCalls * 100).toFixed(1)} % and ${(worstTime * 100).toFixed(1)} %`,
      met: worstCalls <= 0.03 && worstTime <= 0.08,
    };
  });
}

function jitteredLinearGoals(): Goal[] {
  return counts
    .filter((clients) => clients === 10 || clients === 50 || clients === 100)
    .map((clients) => {
      const linear = contention.jitteredLinear![clients]!;
      const full = contention["full jitter"]![clients]!;
      const [time, calls] = [linear.timeMs / full.timeMs, linear.calls / full.calls];
      const few = clients === 10;
      return {
        goal: `jitteredLinear of full jitter, ${clients} clients: ${few ? "≤ 1.25 × its time" : "≤ 0.9 × its time and calls"}`,
        figure: `${time.toFixed(2)} × and ${calls.toFixed(2)} ×`,
        met: few ? time <= 1.25 : time <= 0.9 && calls <= 0.9,
      };
    });
}

function brownOutGoals(): Goal[] {
  const without = afterBrownOut["5 attempts, no budget"];
  const budgets = [afterBrownOut["5 attempts, 500 tokens"], afterBrownOut["5 attempts, 20 % of calls"]];
  return [
    {
      goal: "brown-out without a budget: never well again (metastable)",
      figure: without.recoveredAfterS === undefined ? "never" : `after ${without.recoveredAfterS} s`,
      met: without.recoveredAfterS === undefined,
    },
    {
      goal: "brown-out with a budget: well again",
      figure: budgets.map(({ recoveredAfterS }) => `after ${recoveredAfterS ?? "∞"} s`).join(", "),
      met: budgets.every(({ recoveredAfterS }) => recoveredAfterS !== undefined),
    },
  ];
}

function draw(): void {
  const docs = new URL("../../docs/", import.meta.url);
  const lines = (figure: keyof ContentionResult): Line[] =>
    Object.entries(contention)
      .filter(([name]) => name !== "our decorrelated")
      .map(([name, byCount]) => ({
        name,
        points: counts.map((clients) => [clients, byCount[clients]![figure]] as const),
      }));
  const axes = { x: "clients contending for one row", logarithmic: true };
  writeFileSync(
    new URL("retry-contention-time.svg", docs),
    chart(lines("timeMs"), { ...axes, title: "Time until all have written", y: "ms" }),
  );
  writeFileSync(
    new URL("retry-contention-calls.svg", docs),
    chart(lines("calls"), { ...axes, title: "Writes tried", y: "calls" }),
  );
  const recoveries = Object.entries(afterBrownOut).map(([name, { goodput }]) => ({
    name,
    points: goodput.slice(0, seconds - 1).map((calls, second) => [second, calls] as const),
  }));
  writeFileSync(
    new URL("retry-brown-out.svg", docs),
    chart(recoveries, {
      title: "Calls answered in time, around a brown-out of 10 s",
      x: "seconds",
      y: "calls a second",
      logarithmic: false,
      shade: [brownOut.from, brownOut.to],
    }),
  );
}

function mapped<Key extends PropertyKey, From, To>(
  record: Record<Key, From>,
  map: (value: From) => To,
): Record<Key, To> {
  return Object.fromEntries(Object.entries<From>(record).map(([key, value]) => [key, map(value)])) as Record<Key, To>;
}
