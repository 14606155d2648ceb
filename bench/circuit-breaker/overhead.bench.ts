/**
 * What a circuit costs per call, closed and open, beside cockatiel, opossum and mollitia; and whether the cost grows
 * with the length of the window. Nanoseconds, medians of interleaved rounds.
 */
import {
  ConsecutiveBreaker,
  CountBreaker,
  circuitBreaker as cockatielCircuitBreaker,
  handleAll,
  SamplingBreaker,
} from "cockatiel";
import { Circuit, SlidingCountBreaker } from "mollitia";
import Opossum from "opossum";
import { type CircuitBreakerOptions, circuitBreaker } from "../../packages/circuit-breaker/src/index.ts";
import { report, smoke } from "../report.ts";
import { type Call, nanosecondsPerCall } from "./measure.ts";

const size = smoke ? { rounds: 3, calls: 5_000 } : { rounds: 21, calls: 50_000 };
const fewer = smoke ? { rounds: 3, calls: 2_000 } : { rounds: 15, calls: 20_000 };

const succeed = async () => 1;
const down = new Error("down");
const fail = async () => {
  throw down;
};

const ours = (options: CircuitBreakerOptions): Call => {
  const circuit = circuitBreaker(options);
  return () => circuit.execute(succeed);
};
const theirs = (breaker: ConsecutiveBreaker | CountBreaker | SamplingBreaker): Call => {
  const circuit = cockatielCircuitBreaker(handleAll, { breaker, halfOpenAfter: 3_600_000 });
  return () => circuit.execute(succeed);
};
const opossum = (): Call => {
  const circuit = new Opossum(succeed, { timeout: false });
  return () => circuit.fire();
};
const mollitia = (slidingWindowSize: number): Call => {
  const breaker = new SlidingCountBreaker({ slidingWindowSize, minimumNumberOfCalls: slidingWindowSize });
  const circuit = new Circuit({ func: succeed, options: { modules: [breaker] } });
  return () => circuit.execute();
};

console.log("Closed: a call that succeeds");
const closed = await nanosecondsPerCall(
  {
    bare: succeed,
    "ours, consecutive": ours({}),
    "ours, 100 calls": ours({ failureRatio: 0.5, window: { calls: 100 } }),
    "ours, 10 s": ours({ failureRatio: 0.5 }),
    "ours, 10 s and slow calls": ours({ failureRatio: 0.5, slowCallMs: 1_000 }),
    "cockatiel, consecutive": theirs(new ConsecutiveBreaker(5)),
    "cockatiel, 100 calls": theirs(new CountBreaker({ threshold: 0.5, size: 100 })),
    "cockatiel, 10 s": theirs(new SamplingBreaker({ threshold: 0.5, duration: 10_000 })),
    "opossum, 10 s": opossum(),
    "mollitia, 100 calls": mollitia(100),
  },
  size,
);
const overhead = (name: string) => closed[name]! - closed.bare!;
console.table(
  Object.fromEntries(
    Object.entries(closed).map(([name, nanoseconds]) => [
      name,
      {
        "ns per call": Math.round(nanoseconds),
        overhead: Math.round(overhead(name)),
        "× cockatiel's": name === "bare" ? "" : (overhead(name) / overhead("cockatiel, consecutive")).toFixed(2),
      },
    ]),
  ),
);

console.log("Open: a call that is refused");
const openMs = 3_600_000;
const light = circuitBreaker({ consecutiveFailures: 1, openMs });
const full = circuitBreaker({ consecutiveFailures: 1, openMs, stack: true });
const cockatiel = cockatielCircuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(1), halfOpenAfter: openMs });
const opossumOpen = new Opossum(fail, { timeout: false, errorThresholdPercentage: 1, resetTimeout: openMs });
const slidingCount = new SlidingCountBreaker({ slidingWindowSize: 1, minimumNumberOfCalls: 1, openStateDelay: openMs });
const mollitiaOpen = new Circuit({ func: fail, options: { modules: [slidingCount] } });
const attempts: readonly Call[] = [
  () => light.execute(fail),
  () => full.execute(fail),
  () => cockatiel.execute(fail),
  () => opossumOpen.fire(),
  () => mollitiaOpen.execute(),
];
for (const attempt of [...attempts, ...attempts]) await Promise.resolve(attempt()).catch(() => {});
const refused = await nanosecondsPerCall(
  {
    ours: () => light.execute(succeed),
    "ours, with a stack": () => full.execute(succeed),
    cockatiel: () => cockatiel.execute(succeed),
    opossum: () => opossumOpen.fire(),
    mollitia: () => mollitiaOpen.execute(),
  },
  fewer,
);
for (const [name, call] of [
  ["opossum", () => opossumOpen.fire()] as const,
  ["mollitia", () => mollitiaOpen.execute()] as const,
]) {
  const reason: unknown = await Promise.resolve(call()).catch((error: unknown) => error);
  if (reason === down) throw new Error(`${name} is not open: it made the call`);
}
console.table(
  Object.fromEntries(
    Object.entries(refused).map(([name, nanoseconds]) => [
      name,
      { "ns per refusal": Math.round(nanoseconds), "× ours": (nanoseconds / refused.ours!).toFixed(2) },
    ]),
  ),
);

console.log("Closed, by the length of the window");
const lengths = [10, 1_000, 100_000];
const byLength = await nanosecondsPerCall(
  {
    bare: succeed,
    ...Object.fromEntries(
      lengths.map((calls) => [`ours, ${calls} calls`, ours({ failureRatio: 0.5, window: { calls } })]),
    ),
    ...Object.fromEntries(lengths.map((ms) => [`ours, ${ms} ms`, ours({ failureRatio: 0.5, window: { ms } })])),
    ...Object.fromEntries([10, 1_000].map((calls) => [`mollitia, ${calls} calls`, mollitia(calls)])),
  },
  fewer,
);
console.table(
  Object.fromEntries(Object.entries(byLength).map(([name, ns]) => [name, { "ns per call": Math.round(ns) }])),
);

const closedGoals = ["consecutive", "100 calls", "10 s"].map((rule) => {
  const ratio = overhead(`ours, ${rule}`) / overhead(`cockatiel, ${rule}`);
  return {
    goal: `closed, ${rule}: ≤ 0.8 × cockatiel's overhead by the same rule`,
    figure: `${ratio.toFixed(2)} ×`,
    met: ratio <= 0.8,
  };
});
const fastestPeer = Math.min(refused.cockatiel!, refused.opossum!, refused.mollitia!);
const refusedRatio = refused.ours! / fastestPeer;
const growth = (unit: string) => byLength[`ours, 100000 ${unit}`]! / byLength[`ours, 10 ${unit}`]!;
report("circuit-breaker-overhead", { closed, refused, byLength }, [
  ...closedGoals,
  {
    goal: "refused ≤ 0.25 × every peer's",
    figure: `${refusedRatio.toFixed(2)} × the fastest (${Math.round(refused.ours!)} of ${Math.round(fastestPeer)} ns)`,
    met: refusedRatio <= 0.25,
  },
  {
    goal: "no growth with the window, 10 to 100,000 (within noise: ≤ 1.2 ×)",
    figure: `${growth("calls").toFixed(2)} × by calls, ${growth("ms").toFixed(2)} × by time`,
    met: growth("calls") <= 1.2 && growth("ms") <= 1.2,
  },
]);
process.exit(0); // opossum's timers would keep the process
