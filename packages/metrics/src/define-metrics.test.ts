import { expect, expectTypeOf, test } from "vitest";
import { counter } from "./counter.ts";
import { createMetrics } from "./create-metrics.ts";
import { defineMetrics } from "./define-metrics.ts";
import { gauge } from "./gauge.ts";
import { policyMetrics } from "./policy-metrics.ts";
import { replicationMetrics } from "./replication-metrics.ts";
import { selfMetrics } from "./self-metrics.ts";
import { timer } from "./timer.ts";

test("the ready-made definitions pass their own check", () => {
  for (const definitions of [replicationMetrics, policyMetrics, selfMetrics]) {
    expect(defineMetrics(definitions)).toBe(definitions);
  }
});

test("types instruments by kind and dimensions", () => {
  const definitions = defineMetrics({
    orders: counter({ dimensions: ["shop"], description: "Orders placed." }),
    depth: gauge({ description: "Messages that wait." }),
    latency: timer({ dimensions: ["shop", "route"], description: "Time to answer." }),
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
  ["no description", { orders: counter({} as never) }, "orders.description"],
  ["not camelCase", { Orders: counter({ description: "x" }) }, "definitions.Orders"],
  ["an unknown kind", { orders: { kind: "meter", description: "x" } }, "orders.kind"],
  ["an unknown unit", { orders: counter({ unit: "Parsecs" as never, description: "x" }) }, "orders.unit"],
  ["a timer in seconds", { orders: timer({ unit: "Seconds", description: "x" }) }, "orders.unit"],
  ["a dimension twice", { orders: counter({ dimensions: ["a", "a"], description: "x" }) }, "orders.dimensions"],
  ["a dimension with a dot", { orders: counter({ dimensions: ["a.b"], description: "x" }) }, "orders.dimensions"],
  [
    "31 dimensions",
    { orders: counter({ dimensions: Array.from({ length: 31 }, (_, at) => `d${at}`), description: "x" }) },
    "orders.dimensions",
  ],
  ["a rollup by a stranger", { orders: counter({ rollups: [["shop"]], description: "x" }) }, "orders.rollups"],
  [
    "a resolution of ten seconds",
    { orders: counter({ resolutionSeconds: 10 as never, description: "x" }) },
    "orders.resolutionSeconds",
  ],
  ["no description", { orders: counter({ description: " " }) }, "orders.description"],
] as const;

test.each(wrong)("refuses %s, and names it", (_, definitions, option) => {
  expect(() => defineMetrics(definitions as never)).toThrow(
    expect.objectContaining({ code: "ERR_HOLDFAST_OPTION", option }),
  );
});
