import { expect, expectTypeOf, test } from "vitest";
import { createMetrics } from "./create-metrics.ts";
import { defineMetrics } from "./define-metrics.ts";
import { policyMetrics } from "./policy-metrics.ts";
import { replicationMetrics } from "./replication-metrics.ts";
import { selfMetrics } from "./self-metrics.ts";

test("the ready-made definitions pass their own check", () => {
  for (const definitions of [replicationMetrics, policyMetrics, selfMetrics]) {
    expect(defineMetrics(definitions)).toBe(definitions);
  }
});

test("types instruments by kind and dimensions", () => {
  const definitions = defineMetrics({
    orders: { kind: "counter", dimensions: ["shop"], description: "Orders placed." },
    depth: { kind: "gauge", description: "Messages that wait." },
    latency: { kind: "timer", dimensions: ["shop", "route"], description: "Time to answer." },
  });
  const { instruments } = createMetrics({ definitions, namespace: "Test", sinks: [], enabled: false });
  expectTypeOf(instruments.orders.add).parameter(1).toExtend<{ readonly shop: unknown } | undefined>();
  expectTypeOf(instruments.depth.set).parameters.toEqualTypeOf<[value: number]>();
  expectTypeOf(instruments.latency).toHaveProperty("start");
  // @ts-expect-error a dimension is missing
  instruments.latency.record(1, { shop: "a" });
  // @ts-expect-error a counter is not set
  instruments.orders.set?.(1);
});

const wrong = [
  ["not camelCase", { Orders: { kind: "counter", description: "x" } }, "definitions.Orders"],
  ["an unknown kind", { orders: { kind: "meter", description: "x" } }, "orders.kind"],
  ["an unknown unit", { orders: { kind: "counter", unit: "Parsecs", description: "x" } }, "orders.unit"],
  ["a timer in seconds", { orders: { kind: "timer", unit: "Seconds", description: "x" } }, "orders.unit"],
  ["a dimension twice", { orders: { kind: "counter", dimensions: ["a", "a"], description: "x" } }, "orders.dimensions"],
  [
    "a dimension with a dot",
    { orders: { kind: "counter", dimensions: ["a.b"], description: "x" } },
    "orders.dimensions",
  ],
  [
    "31 dimensions",
    { orders: { kind: "counter", dimensions: Array.from({ length: 31 }, (_, at) => `d${at}`), description: "x" } },
    "orders.dimensions",
  ],
  ["a rollup by a stranger", { orders: { kind: "counter", rollups: [["shop"]], description: "x" } }, "orders.rollups"],
  [
    "a resolution of ten seconds",
    { orders: { kind: "counter", resolutionSeconds: 10, description: "x" } },
    "orders.resolutionSeconds",
  ],
  ["no description", { orders: { kind: "counter", description: " " } }, "orders.description"],
] as const;

test.each(wrong)("refuses %s, and names it", (_, definitions, option) => {
  expect(() => defineMetrics(definitions as never)).toThrow(
    expect.objectContaining({ code: "ERR_HOLDFAST_OPTION", option }),
  );
});
