/**
 * What `observe` adds to a call through a policy: a retry around a circuit breaker, a call that succeeds; medians of interleaved rounds.
 */
import { circuitBreaker } from "../../packages/circuit-breaker/src/index.ts";
import { compose } from "../../packages/errors/src/index.ts";
import { createMetrics, observe, policyMetrics } from "../../packages/metrics/src/index.ts";
import { memorySink } from "../../packages/metrics/src/memory.ts";
import { retry } from "../../packages/retry/src/index.ts";
import { atMost, median, report, smoke } from "../report.ts";

const rounds = smoke ? 5 : 25;
const calls = smoke ? 5_000 : 50_000;
const succeed = async () => 1;

const policies = {
  bare: compose(retry(), circuitBreaker({ consecutiveFailures: 5 })),
  observed: compose(retry(), circuitBreaker({ consecutiveFailures: 5 })),
};
await using metrics = createMetrics({ definitions: policyMetrics, namespace: "Bench", sinks: [memorySink()] });
observe(policies.observed, { metrics, name: "bench" });

const samples = { bare: [] as number[], observed: [] as number[] };
for (let round = -2; round < rounds; round++) {
  for (const name of ["bare", "observed"] as const) {
    const start = process.hrtime.bigint();
    for (let call = 0; call < calls; call++) await policies[name].execute(succeed);
    const nanoseconds = Number(process.hrtime.bigint() - start) / calls;
    if (round >= 0) samples[name].push(nanoseconds); // the first two warm up
  }
}
const [bare, observed] = [median(samples.bare), median(samples.observed)];
console.table({
  "retry + breaker": { "ns per call": Math.round(bare) },
  "the same, observed": { "ns per call": Math.round(observed) },
});
report("metrics-observe", { bare, observed }, [atMost("ns that observing adds to a call", observed - bare, 1_000)]);
