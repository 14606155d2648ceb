import { assertDimensions } from "./define-metrics.ts";
import { type DimensionValue, dimensionText } from "./dimension-text.ts";
import type { MetricDefinitions } from "./metric-definition.ts";

/** The constant dimensions as texts. Throws an `OptionError` where one clashes with a metric or its dimensions, or is one too many. */
export function constantDimensions(
  given: Readonly<Record<string, DimensionValue>>,
  definitions: MetricDefinitions,
): Readonly<Record<string, string>> {
  const names = Object.keys(given);
  for (const [metric, { dimensions = [] }] of Object.entries(definitions)) {
    assertDimensions("dimensions", metric, [...names, ...dimensions]);
  }
  return Object.fromEntries(names.map((name) => [name, dimensionText(given[name])]));
}
