import type { MetricDefinitions, Recorder } from "./metric-definition.ts";
import type { SeriesSetHost } from "./series-set.ts";

/** What records each metric of `all`, by name; one that is not among `kept` records nothing. */
export function makeRecorders(
  all: MetricDefinitions,
  kept: MetricDefinitions,
  host: SeriesSetHost,
): ReadonlyMap<string, Recorder> {
  const make = (metric: string) => {
    const definition = kept[metric] ?? all[metric]!;
    return new definition.recorder(metric, definition, metric in kept ? host : { ...host, muted: true });
  };
  return new Map(Object.keys(all).map((metric) => [metric, make(metric)]));
}
