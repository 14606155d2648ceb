import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";
import type { HistogramData } from "../log-histogram.ts";
import { type MetricDefinition, type Unit, unitOf } from "../metric-definition.ts";
import { assertKnownOptions, assertOption } from "../options.ts";
import type { Point } from "../point.ts";
import { queued } from "../queued.ts";
import type { Sink, WriteContext } from "../sink.ts";
import { snakeCase } from "../spelling.ts";

export interface OpenTelemetrySinkOptions {
  /** From `metrics.getMeter(name)` of `@opentelemetry/api`; its provider decides where metrics go. */
  readonly meter: Pick<Meter, "createCounter" | "createHistogram" | "createObservableGauge">;
}

// UCUM, as OpenTelemetry writes units
const ucum: Readonly<Record<Unit, string>> = {
  Count: "1",
  "Count/Second": "1/s",
  Milliseconds: "ms",
  Seconds: "s",
  Bytes: "By",
  "Bytes/Second": "By/s",
  Percent: "%",
  None: "1",
};

/** Values recorded before the event loop has its turn: the API takes them one by one. */
const recordsPerTurn = 2_000;

interface GaugeValue {
  readonly value: number;
  readonly attributes: Attributes;
}

/**
 * Hands metrics to an OpenTelemetry meter: counters, observable gauges, and histograms (each sample within 2 %). Names and attributes are in snake_case.
 *
 * @throws OptionError without a meter, or on an option that it does not have.
 */
export function openTelemetrySink(options: OpenTelemetrySinkOptions): Sink {
  assertKnownOptions("openTelemetrySink()", options, { meter: 0 });
  const { meter } = options;
  assertOption(typeof meter?.createCounter === "function", "meter", "an OpenTelemetry meter", meter);
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  const gauges = new Map<string, GaugeValue[]>();

  function gauge({ metric, definition }: Point): GaugeValue[] {
    let values = gauges.get(metric);
    if (values === undefined) {
      const shown: GaugeValue[] = [];
      meter.createObservableGauge(snakeCase(metric), shapeOf(definition)).addCallback((result) => {
        for (const { value, attributes } of shown) result.observe(value, attributes);
      });
      gauges.set(metric, shown);
      values = shown;
    }
    return values;
  }

  return {
    name: "opentelemetry",
    delivery: queued,
    async write({ dimensions, points }, { signal }) {
      for (const values of gauges.values()) values.length = 0; // a batch holds every gauge that there still is
      for (const point of points) {
        const attributes = attributesOf({ ...dimensions, ...point.dimensions });
        const { measurement, metric, definition } = point;
        switch (measurement.kind) {
          case "sum":
            made(counters, metric, () => meter.createCounter(snakeCase(metric), shapeOf(definition))).add(
              measurement.sum,
              attributes,
            );
            break;
          case "gauge":
            gauge(point).push({ value: measurement.sum, attributes });
            break;
          case "histogram": {
            const histogram = made(histograms, metric, () =>
              meter.createHistogram(snakeCase(metric), shapeOf(definition)),
            );
            await recordAll(histogram, measurement.histogram, attributes, signal);
          }
        }
      }
    },
  };
}

async function recordAll(
  histogram: Histogram,
  { values, counts }: HistogramData,
  attributes: Attributes,
  signal: WriteContext["signal"],
): Promise<void> {
  let records = 0;
  for (const [at, value] of values.entries()) {
    for (let time = 0; time < counts[at]!; time++) {
      histogram.record(value, attributes);
      if (++records % recordsPerTurn > 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return; // too late: what is recorded stays, and a second time would count it twice
    }
  }
}

function made<T>(kept: Map<string, T>, metric: string, make: () => T): T {
  const instrument = kept.get(metric) ?? make();
  kept.set(metric, instrument);
  return instrument;
}

function shapeOf(definition: MetricDefinition): { unit: string; description: string } {
  return { unit: ucum[unitOf(definition)], description: definition.description };
}

function attributesOf(dimensions: Readonly<Record<string, string>>): Attributes {
  return Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [snakeCase(name), value]));
}
