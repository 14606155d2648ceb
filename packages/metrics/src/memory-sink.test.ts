import { expect, test } from "vitest";
import { counter } from "./counter.ts";
import { createMetrics } from "./create-metrics.ts";
import { defineMetrics } from "./define-metrics.ts";
import { gauge } from "./gauge.ts";
import { memorySink } from "./memory-sink.ts";

const definitions = defineMetrics({
  orders: counter({ dimensions: ["shop"], description: "Orders." }),
  depth: gauge({ dimensions: ["queue"], description: "Depth." }),
});

test("joins the oldest batches, and loses nothing but when it was", async () => {
  const sink = memorySink({ maxBatches: 2 });
  const metrics = createMetrics({ definitions, namespace: "Shop", sinks: [sink] });
  for (let flush = 1; flush <= 5; flush++) {
    metrics.instruments.orders.add(flush, { shop: flush % 2 === 0 ? "even" : "odd" });
    metrics.instruments.depth.set(flush, { queue: "q" });
    await metrics.flush();
  }
  expect(sink.batches).toHaveLength(2);
  expect(sink.total("orders")).toBe(15);
  expect(sink.total("orders", { shop: "odd" })).toBe(9);
  expect(sink.total("depth")).toBe(5);
  sink.clear();
  expect(sink.total("orders")).toBe(0);
  await metrics.close();
});
