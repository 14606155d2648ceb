import type { MetricDefinition, MetricDefinitions } from "./metric-definition.ts";
import type { MetricsOptions } from "./metrics-options.ts";

/** The definitions that a filter keeps, with the dimensions it keeps. */
export function filterDefinitions(
  definitions: MetricDefinitions,
  filter: MetricsOptions<MetricDefinitions>["filter"],
): MetricDefinitions {
  if (filter === undefined) return definitions;
  const kept = Object.entries(definitions).flatMap(([name, definition]) => {
    const answer = filter(name, definition);
    if (answer === false) return [];
    return [[name, answer === true ? definition : withDimensions(definition, answer)] as const];
  });
  return Object.fromEntries(kept);
}

function withDimensions(definition: MetricDefinition, keep: readonly string[]): MetricDefinition {
  const dimensions = (definition.dimensions ?? []).filter((name) => keep.includes(name));
  const rollups = (definition.rollups ?? [[]]).filter((rollup) => rollup.every((name) => dimensions.includes(name)));
  return { ...definition, dimensions, rollups };
}
