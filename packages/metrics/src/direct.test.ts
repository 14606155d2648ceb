import { expect, test } from "vitest";
import { counter } from "./counter.ts";
import { createMetrics } from "./create-metrics.ts";
import { defineMetrics } from "./define-metrics.ts";
import { direct } from "./direct.ts";
import { manualClock } from "./manual-clock.ts";
import { memorySink } from "./memory-sink.ts";
import type { Batch } from "./point.ts";
import type { Sink } from "./sink.ts";

const definitions = defineMetrics({ orders: counter({ description: "Orders placed." }) });

/** Metrics with a sink that brings no delivery, and one that works. */
function setUp(write: Sink["write"], close?: () => Promise<void>) {
  const clock = manualClock();
  const working = memorySink();
  const metrics = createMetrics({
    definitions,
    namespace: "Shop",
    sinks: [{ name: "plain", delivery: direct, write, ...(close && { close }) }, working],
    clock,
    flushIntervalMs: 10_000_000,
    writeTimeoutMs: 5_000,
  });
  const dropped = () => working.total("metricsDropped", { sink: "plain", reason: "failed" });
  return { clock, working, metrics, dropped, order: () => metrics.instruments.orders.add(1) };
}

const failures: readonly (readonly [string, Sink["write"]])[] = [
  [
    "throws",
    () => {
      throw Object.assign(new Error("secret text"), { code: "EPIPE" });
    },
  ],
  ["rejects", () => Promise.reject(Object.assign(new Error("secret text"), { code: "EPIPE" }))],
];

test.each(failures)("a plain sink that %s loses that batch alone, and the loss is counted", async (_, write) => {
  const { metrics, working, dropped, order } = setUp(write);
  order();
  await metrics.flush();
  expect(metrics.health().sinks[0]).toMatchObject({ state: "failing", consecutiveFailures: 1, lastError: "EPIPE" });
  await metrics.flush();
  expect(dropped()).toBe(1);
  expect(working.total("metricsSinkFailures", { sink: "plain", error: "EPIPE" })).toBeGreaterThanOrEqual(1);
  expect(working.total("orders")).toBe(1);
});

test("a plain sink that never answers holds flush() and close() up for its time at most, and its signal aborts", async () => {
  const signals: AbortSignal[] = [];
  const never = () => new Promise<void>(() => {});
  const { clock, metrics, order } = setUp((_, { signal }) => {
    signals.push(signal);
    return never();
  }, never);
  order();
  const flushed = metrics.flush();
  await clock.advance(4_999);
  expect(signals[0]?.aborted).toBe(false);
  await clock.advance(1);
  await flushed;
  expect(signals[0]?.aborted).toBe(true);
  const closed = metrics.close();
  await clock.advance(10_000);
  await closed;
  expect(clock.pending).toBe(0);
});

test("a plain sink is not tried again: what comes later is written, what failed is not", async () => {
  const written: Batch[] = [];
  const { clock, metrics, order } = setUp((batch) => {
    written.push(batch);
    if (written.length === 1) throw new Error("once");
  });
  order();
  await metrics.flush();
  await clock.advance(60_000);
  expect(written).toHaveLength(1);
  order();
  await metrics.flush();
  expect(written).toHaveLength(2);
  expect(metrics.health().sinks[0]).toMatchObject({ state: "ok", lastSuccessAt: clock.now() });
});
