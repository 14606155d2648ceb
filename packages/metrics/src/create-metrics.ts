import { Collector } from "./collector.ts";
import type { MetricDefinitions } from "./metric-definition.ts";
import type { Metrics } from "./metrics.ts";
import type { MetricsOptions } from "./metrics-options.ts";

/**
 * Begins to collect metrics for some sinks.
 *
 * @throws OptionError on a namespace or dimension that a sink would refuse, a dimension used twice, or an option out of range.
 */
export function createMetrics<const Definitions extends MetricDefinitions>(
  options: MetricsOptions<Definitions>,
): Metrics<Definitions> {
  return new Collector(options);
}
