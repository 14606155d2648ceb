/** What a circuit weighs among 100,000, and what a call leaves behind, beside cockatiel, opossum and mollitia. Bytes. */
import { ConsecutiveBreaker, circuitBreaker as cockatielCircuitBreaker, handleAll } from "cockatiel";
import { Circuit, SlidingCountBreaker } from "mollitia";
import Opossum from "opossum";
import { type CircuitsByKeyOptions, circuitBreaker, circuitsByKey } from "../../packages/circuit-breaker/src/index.ts";
import { CallContext } from "../../packages/errors/src/policy-kit.ts";
import { report, smoke } from "../report.ts";
import { bytesInUse, type Call } from "./measure.ts";

const keys = smoke ? 5_000 : 100_000;
const calls = smoke ? 20_000 : 1_000_000;

const succeed = async () => 1;
const regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2"];
const operations = ["GetSecretValue", "PutSecretValue", "DescribeSecret", "UpdateSecretVersionStage"];

async function bytesPerKey(options: CircuitsByKeyOptions): Promise<number> {
  const before = await bytesInUse();
  const circuits = circuitsByKey({ ...options, capacity: keys });
  for (let index = 0; index < keys; index++) {
    const call = {
      accountId: String(100_000_000_000 + Math.floor(index / 20)),
      region: regions[index % regions.length]!,
      service: "SecretsManager",
      operation: operations[Math.floor(index / 5) % operations.length]!,
    };
    await circuits.executeWithin(CallContext.root({ call }), succeed);
  }
  const after = await bytesInUse();
  if (circuits.size !== keys) throw new Error(`Expected ${keys} circuits, got ${circuits.size}`);
  return (after - before) / keys;
}

async function bytesKeptPerCall(call: Call): Promise<number> {
  for (let index = 0; index < 20_000; index++) await call();
  const before = await bytesInUse();
  for (let index = 0; index < calls; index++) await call();
  return ((await bytesInUse()) - before) / calls;
}

const perKey = {
  consecutive: await bytesPerKey({}),
  "100 calls": await bytesPerKey({ failureRatio: 0.5, window: { calls: 100 } }),
  "10 s in 10 buckets": await bytesPerKey({ failureRatio: 0.5 }),
  "the same, and slow calls": await bytesPerKey({ failureRatio: 0.5, slowCallMs: 1_000 }),
};
console.log(`Bytes per circuit, of ${keys.toLocaleString("en")}, each called once, its key included`);
console.table(Object.fromEntries(Object.entries(perKey).map(([name, bytes]) => [name, { bytes: Math.round(bytes) }])));

const ours = circuitBreaker({ failureRatio: 0.5 });
const registry = circuitsByKey();
const details = { call: { service: "SecretsManager", operation: "GetSecretValue", region: "us-east-1" } };
const cockatiel = cockatielCircuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(5), halfOpenAfter: 1_000 });
const opossum = new Opossum(succeed, { timeout: false });
const mollitia = new Circuit({
  func: succeed,
  options: { modules: [new SlidingCountBreaker({ slidingWindowSize: 10 })] },
});
const kept = {
  ours: await bytesKeptPerCall(() => ours.execute(succeed)),
  "ours, by key": await bytesKeptPerCall(() => registry.executeWithin(CallContext.root(details), succeed)),
  cockatiel: await bytesKeptPerCall(() => cockatiel.execute(succeed)),
  opossum: await bytesKeptPerCall(() => opossum.fire()),
  mollitia: await bytesKeptPerCall(() => mollitia.execute()),
};
console.log(`Bytes kept per call, over ${calls.toLocaleString("en")} calls`);
console.table(Object.fromEntries(Object.entries(kept).map(([name, bytes]) => [name, { bytes: bytes.toFixed(2) }])));

const heaviest = Math.max(...Object.values(perKey));
const most = Math.max(kept.ours, kept["ours, by key"]);
report("circuit-breaker-memory", { keys, perKey, calls, kept }, [
  { goal: "memory per key ≤ 1 kB", figure: `${Math.round(heaviest)} bytes at most`, met: heaviest <= 1_000 },
  { goal: "nothing kept per call (≤ 0.1 byte)", figure: `${most.toFixed(3)} bytes`, met: most <= 0.1 },
]);
process.exit(0); // opossum's timers would keep the process
