import { samplesOf } from "./exposition.ts";
import type { PrometheusSink } from "./prometheus-sink.ts";

/** The part of a `prom-client` registry that is needed; structural, so that who has no prom-client needs none of its types. */
export interface MetricRegistry {
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}

/**
 * Shows a sink's metrics in a `prom-client` registry, beside those registered there: its `metrics()` then answers with both.
 * Call it once the sink belongs to metrics. Dispose of the result to take them out.
 *
 * @throws Error from the registry if it has a metric of the same name.
 */
export function addToRegistry(sink: PrometheusSink, registry: MetricRegistry): { dispose(): void } {
  const names = sink.families().map(({ name }) => name);
  for (const name of names) {
    // The registry asks a metric for its name and its values, and for nothing else of the class.
    const metric = { name, get: async () => read(sink, name) };
    registry.registerMetric(metric as never);
  }
  return {
    dispose() {
      for (const name of names) registry.removeSingleMetric(name);
    },
  };
}

function read(sink: PrometheusSink, name: string) {
  const family = sink.families().find((candidate) => candidate.name === name)!;
  const values = family.series.flatMap((series) =>
    samplesOf(family, series).map(({ suffix, labels, value }) => ({ metricName: `${name}${suffix}`, labels, value })),
  );
  return { name, help: family.help, type: family.type, aggregator: "sum", values };
}
