import { type Recorded, recorded } from "./recorded.ts";

const definitions = {
  replicationSuccess: {
    kind: "counter",
    dimensions: ["sourceRegion", "destinationRegion", "transformMode"],
    rollups: [["destinationRegion"], []],
    description: "Values replicated to one destination.",
  },
  replicationDuration: {
    kind: "timer",
    dimensions: ["sourceRegion", "destinationRegion", "transformMode"],
    description: "Time to replicate one value to one destination.",
  },
  replicationSize: {
    kind: "distribution",
    unit: "Bytes",
    dimensions: ["sourceRegion", "destinationRegion", "transformMode"],
    description: "Size of a replicated value.",
  },
  replicationFailure: {
    kind: "counter",
    dimensions: ["sourceRegion", "destinationRegion", "errorType"],
    rollups: [["destinationRegion"], ["errorType"], []],
    description: "Values that could not be replicated to one destination.",
  },
  replicationFailureDuration: {
    kind: "timer",
    dimensions: ["errorType"],
    description: "Time until a replication failed.",
  },
  transformationDuration: {
    kind: "timer",
    dimensions: ["transformMode"],
    description: "Time to transform one value.",
  },
  transformationInputSize: {
    kind: "distribution",
    unit: "Bytes",
    dimensions: ["transformMode"],
    description: "Size of a value before its transformation.",
  },
  transformationOutputSize: {
    kind: "distribution",
    unit: "Bytes",
    dimensions: ["transformMode"],
    description: "Size of a value after its transformation.",
  },
  transformationRules: {
    kind: "distribution",
    unit: "Count",
    dimensions: ["transformMode"],
    description: "Rules applied in one transformation.",
  },
  replicationRetry: {
    kind: "counter",
    dimensions: ["operation", "success"],
    rollups: [["success"], []],
    description: "Calls that needed more than one attempt, by whether they succeeded in the end.",
  },
  replicationAttempts: {
    kind: "distribution",
    unit: "Count",
    dimensions: ["operation", "success"],
    description: "Attempts made by one call.",
  },
  replicationThrottled: {
    kind: "counter",
    dimensions: ["operation", "region"],
    description: "Calls that AWS refused because they came too fast.",
  },
} as const;

/** What a job that copies secrets between regions and accounts reports: five families. */
export const replicationMetrics: Recorded<typeof definitions> = /* @__PURE__ */ recorded(definitions);
