import { expect, test } from "vitest";
import { counter } from "./counter.ts";
import { createMetrics } from "./create-metrics.ts";
import { defineMetrics } from "./define-metrics.ts";
import { manualClock } from "./manual-clock.ts";
import { memorySink } from "./memory-sink.ts";
import type { MetricsOptions } from "./metrics-options.ts";
import type { Batch } from "./point.ts";
import { queued } from "./queued.ts";
import { type Sink, UnsentPointsError, type WriteContext } from "./sink.ts";

const definitions = defineMetrics({
  orders: counter({ dimensions: ["shop"], description: "Orders placed." }),
});

type Answer = (batch: Batch, context: WriteContext) => void | Promise<void>;

/** Metrics with one sink that answers as told, one that works, and no jitter: a pause is its full length. */
function setUp(answer: Answer, options: Partial<MetricsOptions<typeof definitions>> = {}) {
  const clock = manualClock();
  const written: Batch[] = [];
  const working = memorySink();
  const sink: Sink = {
    name: "flaky",
    delivery: queued,
    write(batch, context) {
      written.push(batch);
      return answer(batch, context);
    },
  };
  const metrics = createMetrics({
    definitions,
    namespace: "Shop",
    sinks: [sink, working],
    clock,
    random: () => 0.999_999,
    flushIntervalMs: 10_000_000,
    ...options,
  });
  return { clock, written, working, metrics, order: (shop: string) => metrics.instruments.orders.add(1, { shop }) };
}

const shops = (batches: readonly Batch[]) =>
  batches.map(({ points }) =>
    points.filter(({ metric }) => metric === "orders").map(({ dimensions }) => dimensions.shop),
  );

const failing = () => Promise.reject(Object.assign(new Error("secret text"), { code: "ECONNREFUSED" }));

test("a failing sink is tried again with the same batch after a pause that doubles, and the other is not delayed", async () => {
  const { clock, written, working, metrics, order } = setUp(failing);
  order("a");
  await metrics.flush();
  expect(written).toHaveLength(1);
  expect(working.total("orders")).toBe(1);
  await clock.advance(999);
  expect(written).toHaveLength(1);
  await clock.advance(1);
  expect(written).toHaveLength(2);
  expect(written[1]).toBe(written[0]);
  await clock.advance(1_999);
  expect(written).toHaveLength(2);
  await clock.advance(1);
  expect(written).toHaveLength(3);
});

test("a pause is never shorter than half of its length, so that a fleet does not come back at once", async () => {
  const { clock, written, metrics, order } = setUp(failing, { random: () => 0 });
  order("a");
  await metrics.flush();
  await clock.advance(499);
  expect(written).toHaveLength(1);
  await clock.advance(1);
  expect(written).toHaveLength(2);
});

test("after three failures its circuit is open: flushes do not touch it before its probe, at most a minute later", async () => {
  const { clock, written, metrics, order } = setUp(failing);
  order("a");
  await metrics.flush();
  await clock.advance(3_000);
  expect(metrics.health().sinks[0]).toMatchObject({ state: "open", consecutiveFailures: 3, lastError: "ECONNREFUSED" });
  const before = written.length;
  await metrics.flush();
  expect(written).toHaveLength(before);
  await clock.advance(30 * 60_000);
  expect(written.length - before).toBeGreaterThanOrEqual(29);
  expect(written.length - before).toBeLessThanOrEqual(35);
});

test("when the sink is back, what waited arrives in order, and its failures are metrics", async () => {
  let down = true;
  const { clock, written, working, metrics, order } = setUp(() => (down ? failing() : undefined));
  for (const shop of ["a", "b", "c"]) {
    order(shop);
    await metrics.flush();
  }
  down = false;
  written.length = 0;
  await clock.advance(1_000);
  expect(shops(written)).toEqual([["a"], ["b"], ["c"]]);
  expect(metrics.health().sinks[0]).toMatchObject({ state: "ok", pendingPoints: 0, consecutiveFailures: 0 });
  await metrics.flush();
  expect(working.total("metricsSinkFailures", { sink: "flaky", error: "ECONNREFUSED" })).toBe(1);
});

test("says how long the oldest measurement has waited, and stops saying so once it is delivered", async () => {
  let down = true;
  const { clock, working, metrics, order } = setUp(() => (down ? failing() : undefined));
  order("a");
  await metrics.flush();
  await clock.advance(700);
  working.clear();
  await metrics.flush();
  expect(working.total("metricsSinkDelay", { sink: "flaky" })).toBe(700);
  down = false;
  await clock.advance(10_000);
  working.clear();
  await metrics.flush();
  expect(working.points("metricsSinkDelay", { sink: "flaky" })).toEqual([]);
});

test("when too much waits, the oldest makes room, and is counted", async () => {
  const { clock, written, working, metrics, order } = setUp(failing, { maxPendingPoints: 5 });
  for (const shop of ["a", "b", "c", "d", "e", "f", "g"]) order(shop);
  await metrics.flush();
  expect(metrics.health().sinks[0]?.pendingPoints).toBe(5);
  await clock.advance(1_000);
  expect(shops(written).at(-1)).toEqual(["c", "d", "e", "f", "g"]);
  await metrics.flush();
  expect(working.total("metricsDropped", { sink: "flaky", reason: "queue-full" })).toBe(2);
});

test("only what was not sent is sent again", async () => {
  let first = true;
  const { clock, written, metrics, order } = setUp((batch) => {
    if (!first) return;
    first = false;
    // As another copy of this package would throw it.
    throw { ...new UnsentPointsError(batch.points.slice(1), new Error("half-way")) };
  });
  order("a");
  order("b");
  await metrics.flush();
  await clock.advance(1_000);
  expect(shops(written)).toEqual([["a", "b"], ["b"]]);
});

test("a batch offered in the very turn in which a write ends is written too", async () => {
  const ends: (() => void)[] = [];
  const { clock, written, metrics, order } = setUp(() => new Promise<void>((resolve) => ends.push(resolve)));
  order("a");
  const first = metrics.flush().then(() => {
    order("b");
    return metrics.flush();
  });
  ends[0]?.();
  await clock.advance(0);
  ends[1]?.();
  await first;
  expect(shops(written)).toEqual([["a"], ["b"]]);
});

test("a write that never ends is aborted and abandoned after its time", async () => {
  const signals: AbortSignal[] = [];
  const { clock, written, metrics, order } = setUp(
    (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    },
    { writeTimeoutMs: 5_000 },
  );
  order("a");
  const flushed = metrics.flush();
  await clock.advance(4_999);
  expect(signals[0]?.aborted).toBe(false);
  await clock.advance(1);
  await flushed;
  expect(signals[0]?.aborted).toBe(true);
  expect(metrics.health().sinks[0]).toMatchObject({ state: "failing", lastError: "TimeoutError" });
  await clock.advance(1_000);
  expect(written).toHaveLength(2);
});

test("one write at a time: a second flush waits for the first", async () => {
  const ends: (() => void)[] = [];
  const { clock, written, metrics, order } = setUp(() => new Promise<void>((resolve) => ends.push(resolve)));
  order("a");
  const first = metrics.flush();
  expect(metrics.health().sinks[0]).toMatchObject({ pendingPoints: 1 }); // what is being written counts
  order("b");
  const second = metrics.flush();
  expect(written).toHaveLength(1);
  ends[0]?.();
  await clock.advance(0);
  expect(shops(written)).toEqual([["a"], ["b"]]);
  ends[1]?.();
  await Promise.all([first, second]);
});

test("close() makes one last attempt whatever the state, drops the rest, and closes the sink even so", async () => {
  let closed = 0;
  const clock = manualClock();
  const warnings: unknown[] = [];
  const quiet = () => {};
  const sink: Sink = {
    name: "dead",
    delivery: queued,
    write: failing,
    close() {
      closed++;
      throw new Error("cannot close");
    },
  };
  const logger = { debug: quiet, info: quiet, error: quiet, warn: (...said: unknown[]) => warnings.push(said) };
  const metrics = createMetrics({ definitions, namespace: "Shop", sinks: [sink], clock, logger });
  metrics.instruments.orders.add(1, { shop: "a" });
  await metrics.flush();
  await metrics.close();
  await metrics.close();
  expect(closed).toBe(1);
  expect(clock.pending).toBe(0);
  expect(warnings).toContainEqual([
    "Metrics were dropped",
    { sink: "dead", reason: "closed", points: expect.any(Number) },
  ]);
  expect(JSON.stringify(warnings)).not.toContain("secret text");
});

test("a sink that never closes holds close() up for its time at most", async () => {
  const clock = manualClock();
  const sink: Sink = { name: "stuck", delivery: queued, write() {}, close: () => new Promise(() => {}) };
  const metrics = createMetrics({ definitions, namespace: "Shop", sinks: [sink], clock, writeTimeoutMs: 5_000 });
  let closed = false;
  const closing = metrics.close().then(() => {
    closed = true;
  });
  await clock.advance(0); // the sink is asked to close
  await clock.advance(4_999);
  expect(closed).toBe(false);
  await clock.advance(1);
  await closing;
});

test("one sink may serve several metrics, each with a queue of its own", async () => {
  const written: Batch[] = [];
  const sink: Sink = { name: "one", delivery: queued, write: (batch) => void written.push(batch) };
  const both = ["Shop", "Stock"].map((namespace) => createMetrics({ definitions, namespace, sinks: [sink] }));
  for (const { instruments } of both) instruments.orders.add(1, { shop: "a" });
  await Promise.all(both.map((metrics) => metrics.close()));
  expect(written.map(({ namespace }) => namespace)).toEqual(["Shop", "Stock"]);
});

test("a logger that throws keeps nothing from being delivered", async () => {
  const broken = () => {
    throw new Error("log is full");
  };
  let down = true;
  const logger = { debug: broken, info: broken, warn: broken, error: broken };
  const { clock, written, metrics, order } = setUp(() => (down ? failing() : undefined), { logger });
  order("a");
  await metrics.flush();
  down = false;
  await clock.advance(1_000);
  expect(written).toHaveLength(2);
  expect(metrics.health().sinks[0]).toMatchObject({ state: "ok", pendingPoints: 0 });
});

test("an error that throws when looked at is a failure like any other", async () => {
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error("do not look");
      },
    },
  );
  const { metrics, order } = setUp(() => {
    throw hostile;
  });
  order("a");
  await metrics.flush();
  expect(metrics.health().sinks[0]).toMatchObject({ state: "failing", lastError: "unknown", pendingPoints: 1 });
});

test("a sink that throws at once is no different from one that rejects", async () => {
  const { working, metrics, order } = setUp(() => {
    throw new Error("broken");
  });
  order("a");
  await metrics.flush();
  order("b");
  await metrics.close();
  expect(working.total("orders")).toBe(2);
  expect(working.total("metricsSinkFailures", { sink: "flaky", error: "Error" })).toBeGreaterThanOrEqual(1);
});

test("thirty minutes of a dead sink at 10,000 records a second: what waits stays within its bound, and the newest is kept", async () => {
  const { clock, written, metrics } = setUp(failing, { maxPendingPoints: 500, flushIntervalMs: 10_000 });
  const handles = Array.from({ length: 100 }, (_, at) => metrics.instruments.orders.with({ shop: `shop-${at}` }));
  for (let second = 0; second < 1_800; second++) {
    for (let record = 0; record < 10_000; record++) handles[record % 100]!.add();
    await clock.advance(1_000);
    expect(metrics.health().sinks[0]!.pendingPoints).toBeLessThanOrEqual(500);
  }
  const newest = clock.now();
  await metrics.close();
  const last = written.at(-1)!;
  expect(newest - last.endedAt).toBeLessThanOrEqual(60_000);
});
