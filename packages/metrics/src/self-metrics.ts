/** The metrics on metrics: every `createMetrics` has them, so that what is missing is seen to be. */
export const selfMetrics = {
  metricsDropped: {
    kind: "counter",
    dimensions: ["sink", "reason"],
    description: "Points or records that are lost, by why.",
  },
  metricsSinkFailures: {
    kind: "counter",
    dimensions: ["sink", "error"],
    description: "Writes that a sink failed.",
  },
  metricsSinkDelay: {
    kind: "gauge",
    unit: "Milliseconds",
    dimensions: ["sink"],
    description: "How long the oldest point has waited for its sink.",
  },
  metricsOverflowed: {
    kind: "counter",
    dimensions: ["metric"],
    description: "Records of a metric at its cap of series.",
  },
} as const;
