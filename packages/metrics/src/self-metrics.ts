import { counter } from "./counter.ts";
import { gauge } from "./gauge.ts";
import type { DefinitionOptions, KindOf, MetricKind } from "./metric-definition.ts";

type Defined<Kind extends MetricKind, Dimension extends string> = KindOf<Kind> &
  DefinitionOptions<Dimension> & { readonly dimensions: readonly Dimension[] };

/** The metrics on metrics: every `createMetrics` has them, so that what is missing is seen to be. */
export const selfMetrics: {
  readonly metricsDropped: Defined<"counter", "sink" | "reason">;
  readonly metricsSinkFailures: Defined<"counter", "sink" | "error">;
  readonly metricsSinkDelay: Defined<"gauge", "sink">;
  readonly metricsOverflowed: Defined<"counter", "metric">;
} = {
  metricsDropped: /* @__PURE__ */ counter({
    dimensions: ["sink", "reason"],
    description: "Points or records that are lost, by why.",
  }),
  metricsSinkFailures: /* @__PURE__ */ counter({
    dimensions: ["sink", "error"],
    description: "Writes that a sink failed.",
  }),
  metricsSinkDelay: /* @__PURE__ */ gauge({
    unit: "Milliseconds",
    dimensions: ["sink"],
    description: "How long the oldest point has waited for its sink.",
  }),
  metricsOverflowed: /* @__PURE__ */ counter({
    dimensions: ["metric"],
    description: "Records of a metric at its cap of series.",
  }),
};
