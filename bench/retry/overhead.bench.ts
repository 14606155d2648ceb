/**
 * What the policies cost a call, beside cockatiel, opossum, p-retry, mollitia, Effect and the SDK's own loop:
 * nanoseconds and bytes above a bare `await fn()`, medians of interleaved rounds.
 */
import { setTimeout as delay } from "node:timers/promises";
import { retry } from "../../packages/retry/src/index.ts";
import { median, report, smoke } from "../report.ts";
import { candidates, type Run } from "./candidates.ts";
import { bytesPerCall, type Call, collect, cpuMs, nanosecondsPerCall, ratioGoal } from "./measure.ts";

const size = smoke ? { rounds: 3, calls: 1_000 } : { rounds: 11, calls: 10_000 };
const { signal } = new AbortController();

const succeed = async () => 1;
const succeedWithSignal = async (context?: { readonly signal: AbortSignal }) => context?.signal.aborted;

console.log("A call that succeeds");
const runs = candidates(signal);
const plain = mapped(runs, (run) => () => run(succeed));
const usingSignal =
  (name: string): Call =>
  () =>
    runs[name]!(succeedWithSignal);
const calls: Record<string, Call> = {
  ...plain,
  "ours: retry + breaker + timeout, signal used": usingSignal("ours: retry + breaker + timeout"),
  "cockatiel: retry + breaker + timeout, signal used": usingSignal("cockatiel: retry + breaker + timeout"),
};
const nanoseconds = await nanosecondsPerCall(calls, size);
const bytes = await bytesPerCall(calls, { rounds: size.rounds, calls: smoke ? 100 : 400 });
const ns = (name: string) => nanoseconds[name]! - nanoseconds.bare!;
const allocated = (name: string) => bytes[name]! - bytes.bare!;
const theirStack = "cockatiel: retry + breaker + timeout";
const ourStack = "ours: retry + breaker + timeout";
console.table(
  Object.fromEntries(
    Object.keys(calls).map((name) => [
      name,
      {
        "ns per call": Math.round(nanoseconds[name]!),
        "ns above bare": Math.round(ns(name)),
        "bytes above bare": Math.round(allocated(name)),
        "× cockatiel's stack": (ns(name) / ns(theirStack)).toFixed(3),
      },
    ]),
  ),
);

console.log("One failure, then success, with zero delay: µs per call one after another; ms of CPU for 1,000 at once");
const refused = new Error("refused");
const failingOnce =
  (run: Run): Call =>
  () => {
    let failed = false;
    return run(async () => {
      if (failed) return 1;
      failed = true;
      throw refused;
    });
  };
const retrying = [
  "ours: retry",
  ourStack,
  "p-retry",
  "cockatiel: retry",
  theirStack,
  "mollitia: retry + breaker + timeout",
  "effect: retry",
];
const once: Record<string, { us: number; cpuMs: number }> = {};
const quick = retrying.filter((name) => name.startsWith("ours") || name === "p-retry");
const failing = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, failingOnce(runs[name]!)]));
// Where a call takes a timer tick, a millisecond, fewer calls do.
const oneAfterAnother = {
  ...(await nanosecondsPerCall(failing(quick), smoke ? { rounds: 3, calls: 500 } : { rounds: 15, calls: 5_000 })),
  ...(await nanosecondsPerCall(
    failing(retrying.filter((name) => !quick.includes(name))),
    smoke ? { rounds: 1, calls: 10 } : { rounds: 3, calls: 100 },
  )),
};
for (const name of retrying) {
  const samples: number[] = [];
  for (let round = 0; round < (smoke ? 2 : 15); round++) {
    samples.push(await cpuMs(() => Promise.all(Array.from({ length: 1_000 }, failingOnce(runs[name]!)))));
  }
  once[name] = { us: oneAfterAnother[name]! / 1_000, cpuMs: median(samples) };
}
console.table(
  Object.fromEntries(
    Object.entries(once).map(([name, { us, cpuMs: cpu }]) => [
      name,
      { "µs per call": us.toFixed(2), "CPU ms at 1,000 concurrent": cpu.toFixed(2) },
    ]),
  ),
);

console.log("An abort in a back-off of 2 s");
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
const before = timers();
const controller = new AbortController();
const call = retry({ backoff: 2_000, retryIf: () => true }).execute(() => Promise.reject(refused), controller.signal);
const settled = call.then(
  () => 0,
  () => performance.now(),
);
await delay(20);
const abortedAt = performance.now();
controller.abort();
const abortMs = (await settled) - abortedAt;
const timersLeft = timers() - before;
console.log(`settled after ${abortMs.toFixed(2)} ms, ${timersLeft} timers left`);

console.log("What is retained");
const retainedCalls = smoke ? 20_000 : 10_000_000;
const stack = runs[ourStack]!;
const given = runs["ours: retry + breaker + timeout, signal given"]!;
for (let index = 0; index < 10_000; index++) await stack(succeed);
collect();
const heapBefore = process.memoryUsage().heapUsed;
for (let index = 0; index < retainedCalls; index++) await (index % 4 === 0 ? given : stack)(succeed);
collect();
const retained = process.memoryUsage().heapUsed - heapBefore;
console.log(`${retained} bytes after ${retainedCalls.toLocaleString("en")} calls, a quarter of them with a signal`);

report("retry-overhead", { nanoseconds, bytes, once, abortMs, timersLeft, retained, retainedCalls }, [
  ratioGoal("retry: time above cockatiel's retry", ns("ours: retry"), ns("cockatiel: retry"), 0.6),
  ratioGoal("stack: time of cockatiel's default stack", ns(ourStack), ns(theirStack), 0.06),
  ratioGoal(
    "stack: time of cockatiel's best configuration",
    ns(ourStack),
    ns("cockatiel: the same, abortOnReturn: false"),
    0.15,
  ),
  ratioGoal("stack: time of opossum's breaker + timeout", ns(ourStack), ns("opossum: breaker + timeout"), 0.5),
  ratioGoal(
    "stack, signal used: time of cockatiel's",
    ns(`${ourStack}, signal used`),
    ns(`${theirStack}, signal used`),
    0.15,
  ),
  ratioGoal(
    "stack, signal given: time of cockatiel's",
    ns(`${ourStack}, signal given`),
    ns(`${theirStack}, signal given`),
    0.15,
  ),
  ratioGoal("in cockatiel's wrap: time of cockatiel's stack", ns("ours, in cockatiel's wrap"), ns(theirStack), 1),
  ratioGoal("once, one after another: time of p-retry", once["ours: retry"]!.us, once["p-retry"]!.us, 1),
  ratioGoal("once, 1,000 at once: CPU of cockatiel's stack", once[ourStack]!.cpuMs, once[theirStack]!.cpuMs, 0.15),
  ratioGoal("stack: bytes of cockatiel's stack", allocated(ourStack), allocated(theirStack), 0.2),
  { goal: "retained ≤ 64 KiB", figure: `${retained} bytes`, met: retained <= 65_536 },
  {
    goal: "abort in a back-off ≤ 5 ms, no timer left",
    figure: `${abortMs.toFixed(2)} ms, ${timersLeft} left`,
    met: abortMs <= 5 && timersLeft === 0,
  },
]);

function mapped<From, To>(record: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
