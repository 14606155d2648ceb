/** The metrics on metrics: every `createMetrics` has them, so that what is missing is seen to be. */
export const selfMetrics = {
  metricsDropped: {
    kind: "counter",
    dimensions: ["sink", "reason"],
    description: "Points or records that will never be delivered; reason is queue-full, rejected, invalid or closed.",
  },
  metricsSinkFailures: {
    kind: "counter",
    dimensions: ["sink", "error"],
    description: "Writes that a sink failed; what they carried is tried again.",
  },
  metricsSinkDelay: {
    kind: "gauge",
    unit: "Milliseconds",
    dimensions: ["sink"],
    description: "How long the oldest measurement has been waiting for its sink.",
  },
  metricsOverflowed: {
    kind: "counter",
    dimensions: ["metric"],
    description: "Records of a metric at its cap of series, which went to its series (other).",
  },
} as const;
