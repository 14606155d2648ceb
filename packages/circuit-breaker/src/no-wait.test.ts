import { expect, test } from "vitest";
import { circuitBreaker } from "./index.ts";
import { noWait } from "./testing.ts";

test("a circuit that does not wait still opens, and the next call is a probe", async () => {
  const changes: string[] = [];
  const circuit = circuitBreaker({ ...noWait(), consecutiveFailures: 1, onStateChange: ({ to }) => changes.push(to) });
  await circuit.execute(() => Promise.reject(new Error("down"))).catch(() => {});
  expect(await circuit.execute(() => "value")).toBe("value");
  expect(changes).toEqual(["open", "half-open", "closed"]);
});
