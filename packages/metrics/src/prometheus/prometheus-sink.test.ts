import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, Registry } from "prom-client";
import { expect, test } from "vitest";
import { counter } from "../counter.ts";
import { createMetrics } from "../create-metrics.ts";
import { defineMetrics } from "../define-metrics.ts";
import { distribution } from "../distribution.ts";
import { gauge } from "../gauge.ts";
import { manualClock } from "../manual-clock.ts";
import { memorySink } from "../memory-sink.ts";
import type { Batch } from "../point.ts";
import { queued } from "../queued.ts";
import type { Sink } from "../sink.ts";
import { timer } from "../timer.ts";
import { addToRegistry } from "./prom-client-adapter.ts";
import { prometheusHandler } from "./prometheus-handler.ts";
import { type PrometheusSinkOptions, prometheusSink } from "./prometheus-sink.ts";

const definitions = defineMetrics({
  orders: counter({ dimensions: ["shop"], description: "Orders placed." }),
  depth: gauge({ unit: "Count", description: "Orders that wait." }),
  latency: timer({ dimensions: ["shop"], description: "Time to answer." }),
  size: distribution({ unit: "Bytes", description: "Size of an order." }),
  used: gauge({ unit: "Percent", description: "Share of the disk used." }),
});

function setUp(options: PrometheusSinkOptions = {}) {
  const sink = prometheusSink(options);
  const memory = memorySink();
  const written: Batch[] = [];
  const pushed: Sink = { name: "pushed", delivery: queued, write: (batch) => void written.push(batch) };
  const clock = manualClock();
  const metrics = createMetrics({
    definitions,
    namespace: "WebShop",
    environment: "prod",
    dimensions: { service: "web" },
    sinks: [sink, memory, pushed],
    clock,
    random: () => 0.5,
  });
  const lines = (start: string) =>
    sink
      .text()
      .split("\n")
      .filter((line) => line.startsWith(`web_shop_prod_${start}`));
  return { sink, memory, written, clock, metrics, lines, ...metrics.instruments };
}

test("names metrics by namespace, base unit and kind, and counts up from the beginning", () => {
  const { sink, orders, depth, used, lines } = setUp();
  orders.add(2, { shop: "a" });
  depth.set(7);
  used.set(50);
  expect(lines("orders")).toEqual(['web_shop_prod_orders_total{service="web",shop="a"} 2']);
  orders.add(3, { shop: "a" });
  expect(lines("orders")).toEqual(['web_shop_prod_orders_total{service="web",shop="a"} 5']);
  expect(lines("depth")).toEqual(['web_shop_prod_depth{service="web"} 7']);
  expect(lines("used")).toEqual(['web_shop_prod_used_ratio{service="web"} 0.5']);
  expect(sink.text()).toContain(
    "# HELP web_shop_prod_orders_total Orders placed.\n# TYPE web_shop_prod_orders_total counter\n",
  );
});

test("a timer is a histogram in seconds with cumulative buckets", () => {
  const { latency, lines } = setUp({ buckets: { latency: [0.1, 1] } });
  for (const durationMs of [20, 20, 500, 3_000]) latency.record(durationMs, { shop: "a" });
  expect(lines("latency")).toEqual([
    'web_shop_prod_latency_seconds_bucket{service="web",shop="a",le="0.1"} 2',
    'web_shop_prod_latency_seconds_bucket{service="web",shop="a",le="1"} 3',
    'web_shop_prod_latency_seconds_bucket{service="web",shop="a",le="+Inf"} 4',
    'web_shop_prod_latency_seconds_sum{service="web",shop="a"} 3.54',
    'web_shop_prod_latency_seconds_count{service="web",shop="a"} 4',
  ]);
});

test("escapes label values", () => {
  const { orders, lines } = setUp();
  orders.add(1, { shop: 'a"b\\c\nd' });
  expect(lines("orders")).toEqual(['web_shop_prod_orders_total{service="web",shop="a\\"b\\\\c\\nd"} 1']);
});

test("a scrape is up to date; a queued sink keeps what was read for the next flush, the others get it at once", async () => {
  const { memory, metrics, orders, lines, written } = setUp();
  orders.add(1, { shop: "a" });
  lines("orders");
  orders.add(2, { shop: "a" });
  lines("orders");
  expect(written).toHaveLength(0);
  expect(memory.total("orders")).toBe(3);
  orders.add(4, { shop: "a" });
  await metrics.flush();
  const sums = written.flatMap(({ points }) => points).map(({ measurement }) => measurement);
  expect(sums).toEqual([{ kind: "sum", sum: 7 }]);
  expect(lines("orders")).toEqual(['web_shop_prod_orders_total{service="web",shop="a"} 7']);
});

test("what was read between two flushes is delivered at the next, even if nothing changes after it", async () => {
  const { metrics, orders, lines, written } = setUp();
  orders.add(1, { shop: "a" });
  lines("orders");
  await metrics.flush();
  expect(written).toHaveLength(1);
  orders.add(1, { shop: "a" });
  lines("orders");
  await metrics.close();
  expect(written).toHaveLength(2);
});

test("remembers a bounded number of series: the one not recorded for longest starts anew", () => {
  const { orders, lines } = setUp({ maxSeriesPerMetric: 2 });
  for (const shop of ["a", "b", "a", "c", "b"]) {
    orders.add(1, { shop });
    lines("orders");
  }
  expect(lines("orders")).toEqual([
    'web_shop_prod_orders_total{service="web",shop="c"} 1',
    'web_shop_prod_orders_total{service="web",shop="b"} 1',
  ]);
});

test("answers a scrape over HTTP", async () => {
  const { sink, orders } = setUp();
  orders.add(1, { shop: "a" });
  const server = createServer(prometheusHandler(sink)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await response.text()).toContain('web_shop_prod_orders_total{service="web",shop="a"} 1\n');
  server.close();
});

test("shows its metrics in a prom-client registry, beside those of the user", async () => {
  const { sink, orders, latency } = setUp({ buckets: { latency: [0.1, 1] } });
  const registry = new Registry();
  new Counter({ name: "mine_total", help: "Mine.", registers: [registry] }).inc();
  const added = addToRegistry(sink, registry);
  orders.add(2, { shop: "a" });
  latency.record(500, { shop: "a" });
  const text = await registry.metrics();
  expect(text).toContain("mine_total 1\n");
  expect(text).toContain('web_shop_prod_orders_total{service="web",shop="a"} 2\n');
  expect(text).toContain('web_shop_prod_latency_seconds_bucket{service="web",shop="a",le="1"} 1\n');
  expect(text).toContain("# TYPE web_shop_prod_latency_seconds histogram\n");
  added.dispose();
  expect(await registry.metrics()).not.toContain("web_shop_prod_");
});

test("refuses a prefix that is no name", () => {
  expect(() => prometheusSink({ prefix: "a-b" })).toThrow(expect.objectContaining({ option: "prefix" }));
});
