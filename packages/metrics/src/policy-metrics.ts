import { type Recorded, recorded } from "./recorded.ts";

const definitions = {
  policyDuration: {
    kind: "timer",
    dimensions: ["policy", "policyKind", "outcome"],
    rollups: [["policy", "outcome"], ["outcome"]],
    description:
      "Time a policy took for one call, retries and pauses included; outcome is success or failure. Cockatiel's retry tells the time of each attempt that failed and of the one that succeeded.",
  },
  policyAttempts: {
    kind: "counter",
    dimensions: ["policy", "operation"],
    description: "Calls made, the first of each included.",
  },
  policyRetries: {
    kind: "counter",
    dimensions: ["policy", "operation", "reason"],
    rollups: [["policy"], ["reason"], []],
    description: "Calls that will be made again, by the kind of failure.",
  },
  policyRetryDelay: {
    kind: "timer",
    dimensions: ["policy"],
    description: "Pause before a retry.",
  },
  policyGiveUps: {
    kind: "counter",
    dimensions: ["policy", "operation", "stopReason"],
    rollups: [["policy"], []],
    description: "Calls that failed for good, by why no further attempt was made.",
  },
  policyTimeouts: {
    kind: "counter",
    dimensions: ["policy", "operation"],
    description: "Calls given up because they took too long.",
  },
  policyHedges: {
    kind: "counter",
    dimensions: ["policy", "operation"],
    description: "Second calls made because the first was slow.",
  },
  policyFallbacks: {
    kind: "counter",
    dimensions: ["policy", "operation"],
    description: "Failures answered by a fallback.",
  },
  retryBudgetLevel: {
    kind: "gauge",
    dimensions: ["policy"],
    description: "What is left of a retry budget, from 0 to 1; of several scopes the least.",
  },
  retryBudgetDenied: {
    kind: "counter",
    dimensions: ["policy"],
    description: "Retries not made because the budget was used up.",
  },
  circuitOpen: {
    kind: "gauge",
    unit: "Count",
    dimensions: ["policy"],
    description: "Circuits that refuse calls: 0 or 1 for one circuit, more for circuits by key.",
  },
  circuitChanges: {
    kind: "counter",
    dimensions: ["policy", "fromState", "toState"],
    rollups: [["policy", "toState"], ["toState"]],
    description: "Changes of a circuit's state.",
  },
  circuitRejections: {
    kind: "counter",
    dimensions: ["policy"],
    description: "Calls refused by an open circuit.",
  },
  limiterThrottles: {
    kind: "counter",
    dimensions: ["policy", "operation"],
    description: "Calls that the service refused because they came too fast.",
  },
  limiterRejections: {
    kind: "counter",
    dimensions: ["policy", "reason"],
    description: "Calls that a limiter or bulkhead refused because it was saturated.",
  },
  limiterWait: {
    kind: "timer",
    dimensions: ["policy"],
    description: "Time a call waited to be admitted.",
  },
  limiterRate: {
    kind: "gauge",
    unit: "Count/Second",
    dimensions: ["policy"],
    description: "Calls a second that a limiter admits.",
  },
  limiterInFlight: {
    kind: "gauge",
    unit: "Count",
    dimensions: ["policy"],
    description: "Calls admitted and not finished.",
  },
  limiterWaiting: {
    kind: "gauge",
    unit: "Count",
    dimensions: ["policy"],
    description: "Calls that wait to be admitted.",
  },
  factoryClients: {
    kind: "gauge",
    unit: "Count",
    dimensions: ["policy"],
    description: "AWS clients that a factory keeps.",
  },
  factoryClientsMade: {
    kind: "counter",
    dimensions: ["policy", "client"],
    description: "AWS clients that a factory made.",
  },
  factorySocketsInUse: {
    kind: "gauge",
    unit: "Count",
    dimensions: ["policy"],
    description: "Sockets in use by a factory's clients.",
  },
  factoryRequestsWaiting: {
    kind: "gauge",
    unit: "Count",
    dimensions: ["policy"],
    description: "Requests that wait for a socket of a factory.",
  },
  credentialRefreshes: {
    kind: "counter",
    dimensions: ["policy", "outcome"],
    rollups: [["outcome"], []],
    description: "Attempts to obtain or renew credentials; outcome is success or failure.",
  },
  journalTransactions: {
    kind: "counter",
    dimensions: ["policy", "change"],
    rollups: [["change"], []],
    description: "Transactions that a journal began, committed, rolled back, took over, resumed or parked.",
  },
  journalSteps: {
    kind: "counter",
    dimensions: ["policy", "operation", "change"],
    rollups: [["policy", "change"], ["change"]],
    description: "Steps of transactions that were intended, done, failed, undone and so on.",
  },
  journalParked: {
    kind: "counter",
    dimensions: ["policy"],
    description: "Transactions parked for a person: something could not be undone.",
  },
} as const;

/**
 * What policies report, in one vocabulary: `observe(policy, { metrics, name })` records it from their events.
 * `policy` is the name given there, `operation` the AWS operation where a policy runs inside an SDK client.
 */
export const policyMetrics: Recorded<typeof definitions> = /* @__PURE__ */ recorded(definitions);
