import { type Recorded, recorded } from "../recorded.ts";

const definitions = {
  sdkCallDuration: {
    kind: "timer",
    dimensions: ["client", "operation", "outcome"],
    rollups: [["client", "operation"], ["outcome"], []],
    description: "Time of one call, its retries and pauses included; outcome is success or failure.",
  },
  sdkCallAttempts: {
    kind: "distribution",
    unit: "Count",
    dimensions: ["client", "operation"],
    description: "Requests made for one call.",
  },
  sdkCallErrors: {
    kind: "counter",
    dimensions: ["client", "operation", "error"],
    rollups: [["error"], []],
    description: "Calls that failed for good, by error code.",
  },
  sdkRetryDelay: {
    kind: "timer",
    dimensions: ["client", "operation"],
    description: "Time that one call spent in pauses between its requests, where there were any.",
  },
} as const;

/** What AWS SDK clients report through {@link sdkMetricsPlugin}; the names follow the SDK for .NET's `client.call.*`. */
export const sdkMetrics: Recorded<typeof definitions> = /* @__PURE__ */ recorded(definitions);
