import { circuitBreaker, circuitsByKey } from "@holdfast/circuit-breaker";
import { compose } from "@holdfast/errors";
import { bulkhead } from "@holdfast/limiter";
import { type HealthPart, healthHandler } from "@holdfast/metrics";
import { retry } from "@holdfast/retry";
import { defineOperation, memoryStore, openJournal } from "@holdfast/rollback";
import { expect, test } from "vitest";

const down = () => Promise.reject(new Error("503"));
const reportOf = async (part: HealthPart) => (await healthHandler({ parts: { part } }).report()).parts.part;

test("an open circuit is not ready, nor is what is composed with it", async () => {
  const circuit = circuitBreaker({ name: "orders", consecutiveFailures: 1 });
  const policy = compose(retry(), circuit);
  expect(await reportOf(circuit)).toEqual({ ready: true, facts: { state: "closed" } });
  expect(await reportOf(policy)).toEqual({ ready: true, facts: { "circuit-breaker state": "closed" } });
  await circuit.execute(down).catch(() => {});
  expect(await reportOf(circuit)).toEqual({ ready: false, facts: { state: "open" } });
  expect(await reportOf(policy)).toEqual({ ready: false, facts: { "circuit-breaker state": "open" } });
});

test("circuits by key are not ready once all are open", async () => {
  const circuits = circuitsByKey({ consecutiveFailures: 1 });
  await circuits.get("eu").execute(async () => "well");
  await circuits
    .get("us")
    .execute(down)
    .catch(() => {});
  expect(await reportOf(circuits)).toEqual({ ready: true, facts: { circuits: 2, open: 1 } });
  await circuits
    .get("eu")
    .execute(down)
    .catch(() => {});
  expect(await reportOf(circuits)).toEqual({ ready: false, facts: { circuits: 2, open: 2 } });
});

test("a limiter and a journal say what they hold", async () => {
  expect(await reportOf(bulkhead({ maxConcurrent: 1 }))).toEqual({
    ready: true,
    facts: { waiting: 0, inFlight: 0, longestWaitMs: 0 },
  });
  const sendMail = defineOperation({
    name: "mail",
    version: 1,
    class: "irreversible",
    apply: (_: { to: string }) => {},
  });
  const journal = await openJournal({ store: memoryStore(), operations: [sendMail] });
  const tx = await journal.begin("tell ann");
  await tx.run(sendMail, { to: "ann" });
  expect(await reportOf(journal)).toEqual({ ready: true, facts: { open: 1, parked: 0 } });
  await tx.rollback("not meant");
  expect(await reportOf(journal)).toEqual({ ready: false, facts: { open: 1, parked: 1 } });
  await journal.close();
});
