import { systemClock } from "./clock.ts";
import { constantDimensions } from "./constant-dimensions.ts";
import { defineMetrics } from "./define-metrics.ts";
import type { Delivery, Urgency } from "./delivery.ts";
import { filterDefinitions } from "./filter-definitions.ts";
import { flushOnSignals } from "./flush-on-signals.ts";
import { flushSchedule } from "./flush-schedule.ts";
import type { Instruments } from "./instruments.ts";
import { integerOptions } from "./integer-options.ts";
import { makeRecorders } from "./make-recorders.ts";
import type { MetricDefinitions } from "./metric-definition.ts";
import type { Metrics } from "./metrics.ts";
import type { MetricsOptions } from "./metrics-options.ts";
import { namespaceOf } from "./namespace.ts";
import { assertOption } from "./options.ts";
import type { Batch, Point } from "./point.ts";
import { selfMetrics } from "./self-metrics.ts";
import type { Sink } from "./sink.ts";

/**
 * Begins to collect metrics for some sinks: what changed is collected from the series at each flush, and the batch handed to every
 * sink's delivery.
 *
 * @throws OptionError on a namespace or dimension that a sink would refuse, a dimension used twice, or an option out of range.
 */
export function createMetrics<const Definitions extends MetricDefinitions>(
  options: MetricsOptions<Definitions>,
): Metrics<Definitions> {
  const { maxSeriesPerMetric: capacity, forgetAfterMs, ...integers } = integerOptions(options);
  const { clock = systemClock, random = Math.random, enabled = enabledByEnvironment(), logger } = options;
  const all = withSelfMetrics(defineMetrics(options.definitions));
  const namespace = namespaceOf(options);
  const definitions = filterDefinitions(all, options.filter);
  const dimensions = constantDimensions(options.dimensions ?? {}, definitions);
  let startedAt = clock.now();
  let closing: Promise<void> | undefined;

  const schedule = flushSchedule({ clock, ...integers }, () => flush("due"));
  const host = {
    clock,
    capacity,
    muted: !enabled,
    changed: schedule.changed,
    refused: () => self.metricsDropped.add(1, { sink: undefined, reason: "invalid" }),
    overflowed(metric: string) {
      if (!(metric in selfMetrics)) self.metricsOverflowed.add(1, { metric });
    },
  };
  const recorders = makeRecorders(all, definitions, host);
  const instruments: Readonly<Record<string, unknown>> = Object.fromEntries(recorders);
  const self = instruments as Instruments<typeof selfMetrics>;
  const deliveries = options.sinks.map(deliveryOf);
  const stopSignals = flushOnSignals(enabled ? (options.flushOnSignals ?? []) : [], () => flush("now"));
  if (enabled) schedule.start(Math.ceil(random() * integers.flushIntervalMs));

  function deliveryOf(sink: Sink): Delivery {
    const delivery = sink.delivery(sink, { clock, random, logger, self, ...integers });
    sink.attach?.({
      namespace,
      definitions,
      collect() {
        if (enabled && closing === undefined) hand((reader) => (reader === delivery ? "due" : "later"));
      },
    });
    return delivery;
  }

  function collect(): Batch {
    const at = clock.monotonic();
    const endedAt = clock.now();
    const points: Point[] = [];
    schedule.collected(at);
    for (const recorder of recorders.values()) recorder.collect(points, at, at - forgetAfterMs);
    const batch = { namespace, dimensions, startedAt, endedAt, points };
    startedAt = endedAt;
    return batch;
  }

  /** Collects, and hands the batch to every sink. */
  async function hand(urgencyFor: (delivery: Delivery) => Urgency): Promise<void> {
    const batch = collect();
    await Promise.all(deliveries.map((delivery) => delivery.write(batch, urgencyFor(delivery))));
  }

  async function flush(urgency: Urgency): Promise<void> {
    if (enabled && closing === undefined) await hand(() => urgency);
  }

  async function close(): Promise<void> {
    schedule.stop();
    stopSignals();
    const handed = hand(() => "later"); // collects before it returns
    host.muted = true;
    await handed;
    await Promise.all(deliveries.map((delivery) => delivery.close()));
  }

  return {
    instruments: instruments as Instruments<Definitions>,
    definitions,
    namespace,
    dimensions,
    health: () => ({
      enabled,
      series: [...recorders.values()].reduce((sum, { size }) => sum + size, 0),
      sinks: deliveries.map((delivery) => delivery.health()),
    }),
    flush: () => flush("due"),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}

function withSelfMetrics(definitions: MetricDefinitions): MetricDefinitions {
  for (const name of Object.keys(selfMetrics)) {
    assertOption(!(name in definitions), "definitions", "without metrics on metrics", name);
  }
  return { ...definitions, ...selfMetrics };
}

function enabledByEnvironment(): boolean {
  try {
    return !/^(?:false|0|no|off)$/i.test(globalThis.process?.env.ENABLE_METRICS ?? ""); // Workers have no process
  } catch {
    return true; // Deno does not let everyone ask
  }
}
