/**
 * What an uncontended call costs under each limiter, beside cockatiel's bulkhead, and what calls that wait cost.
 *
 *     node --expose-gc --conditions=@holdfast/source bench/limiter/overhead.bench.ts [--smoke]
 */
import { bulkhead as cockatielBulkhead, noop } from "cockatiel";
import pLimit from "p-limit";
import { adaptiveLimiter, bulkhead, rateLimiter } from "../../packages/limiter/src/index.ts";
import { keep, median, smoke } from "../report.ts";

const rounds = smoke ? 3 : 15;
const calls = smoke ? 20_000 : 200_000;
const goalNs = 300;

const value = () => Promise.resolve("value");
const ours = { adaptive: adaptiveLimiter(), bulkhead: bulkhead({ maxConcurrent: 10 }) };
const rated = rateLimiter({ perSecond: 1e9, burst: 1e9 });
const theirs = cockatielBulkhead(10, 10);
const limit = pLimit(10);
const candidates: Readonly<Record<string, () => Promise<unknown>>> = {
  bare: value,
  "holdfast adaptiveLimiter": () => ours.adaptive.execute(value),
  "holdfast bulkhead": () => ours.bulkhead.execute(value),
  "holdfast rateLimiter": () => rated.execute(value),
  "cockatiel bulkhead": () => theirs.execute(value),
  "cockatiel noop": () => noop.execute(value),
  "p-limit": () => limit(value),
};

const nsByCandidate = new Map(Object.keys(candidates).map((name) => [name, [] as number[]]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, call] of Object.entries(candidates)) {
    const startedAt = process.hrtime.bigint();
    for (let index = 0; index < calls; index += 1) await call();
    nsByCandidate.get(name)!.push(Number(process.hrtime.bigint() - startedAt) / calls);
  }
}
const bareNs = median(nsByCandidate.get("bare")!);
console.log(
  `An uncontended call, ns above a bare one (${bareNs.toFixed(0)} ns); medians of ${rounds} rounds of ${calls}`,
);
const overBareNs = Object.fromEntries([...nsByCandidate].map(([name, values]) => [name, median(values) - bareNs]));
const theirNs = overBareNs["cockatiel bulkhead"]!;
for (const [name, ns] of Object.entries(overBareNs).slice(1)) {
  const verdict = name.startsWith("holdfast") ? `goal ≤ ${goalNs} ${ns <= goalNs ? "met" : "missed"}` : "";
  console.log(
    `  ${name.padEnd(28)}${ns.toFixed(0).padStart(6)} ${(ns / theirNs).toFixed(2).padStart(6)}× cockatiel's bulkhead  ${verdict}`,
  );
}

const few = await measureWaiting(smoke ? 100 : 1_000);
const many = await measureWaiting(smoke ? 1_000 : 10_000);
for (const { calls: count, timers, bytesEach, abortNs, bareAbortNs } of [few, many]) {
  console.log(
    `${count} calls that wait: ${timers} timers, ${bytesEach.toFixed(0)} bytes each; given up, last first: ` +
      `${abortNs.toFixed(0)} ns each, of which the AbortController itself takes ${bareAbortNs.toFixed(0)} ns`,
  );
}
keep("limiter-overhead", { bareNs, overBareNs, waiting: [few, many] });

async function measureWaiting(count: number) {
  const reason = new Error("given up");
  const limiter = adaptiveLimiter({ maxConcurrent: 1 });
  let release!: () => void;
  const running = limiter.execute(() => new Promise<void>((resolve) => (release = resolve)));
  const controllers = Array.from({ length: count }, () => new AbortController());
  const timersBefore = timers();
  globalThis.gc?.();
  const bytesBefore = process.memoryUsage().heapUsed;
  const results = controllers.map(({ signal }) => limiter.execute(value, signal).catch(() => {}));
  globalThis.gc?.();
  const bytesEach = (process.memoryUsage().heapUsed - bytesBefore) / count;
  const timersWhileWaiting = timers() - timersBefore;
  const abortNs = timeAborts(controllers, reason);
  await Promise.all(results);
  release();
  await running;
  const bare = Array.from({ length: count }, () => new AbortController());
  for (const { signal } of bare) signal.addEventListener("abort", () => {});
  return { calls: count, timers: timersWhileWaiting, bytesEach, abortNs, bareAbortNs: timeAborts(bare, reason) };
}

function timeAborts(controllers: readonly AbortController[], reason: Error): number {
  const startedAt = process.hrtime.bigint();
  for (const controller of controllers.toReversed()) controller.abort(reason);
  return Number(process.hrtime.bigint() - startedAt) / controllers.length;
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}
