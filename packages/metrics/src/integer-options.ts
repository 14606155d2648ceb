import type { MetricDefinitions } from "./metric-definition.ts";
import type { MetricsOptions } from "./metrics-options.ts";
import { assertInteger, assertKnownOptions, assertOption } from "./options.ts";

const integerDefaults = {
  flushIntervalMs: 60_000,
  flushAtSeries: 1_000,
  maxSeriesPerMetric: 1_000,
  maxPendingPoints: 20_000,
  forgetAfterMs: 900_000,
  writeTimeoutMs: 10_000,
};

const optionNames: Readonly<Record<keyof MetricsOptions<MetricDefinitions>, unknown>> = {
  definitions: 0,
  namespace: 0,
  environment: 0,
  dimensions: 0,
  sinks: 0,
  filter: 0,
  enabled: 0,
  ...integerDefaults,
  flushOnSignals: 0,
  clock: 0,
  random: 0,
  logger: 0,
};

/** The options that are integers, each at least 1. */
export type IntegerOptions = Readonly<typeof integerDefaults>;

/** Checks the names of all options, the sinks and the integers; returns the integers, defaults in place. */
export function integerOptions(options: MetricsOptions<MetricDefinitions>): IntegerOptions {
  assertKnownOptions("createMetrics()", options, optionNames);
  assertOption(Array.isArray(options.sinks), "sinks", "an array of sinks", options.sinks);
  for (const [index, sink] of options.sinks.entries()) {
    const right = typeof sink?.write === "function" && typeof sink.delivery === "function";
    assertOption(right, `sinks[${index}]`, "a sink, with `write` and `delivery`", sink);
  }
  const integers = { ...integerDefaults };
  for (const name of Object.keys(integers) as (keyof IntegerOptions)[]) {
    integers[name] = options[name] ?? integers[name];
    assertInteger(name, integers[name], 1);
  }
  return integers;
}
