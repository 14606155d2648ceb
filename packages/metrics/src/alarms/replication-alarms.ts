/** What to be woken for by `replicationMetrics`. */
export const replicationAlarms = {
  replicationFailing: {
    metric: "replicationFailure",
    statistic: "sum",
    comparison: ">",
    threshold: 5,
    periodSeconds: 300,
    missingData: "notBreaching",
    severity: "critical",
    description:
      "More than 5 replications failed in 5 minutes. Look at ReplicationFailure by ErrorType and DestinationRegion.",
  },
  replicationSlow: {
    metric: "replicationDuration",
    statistic: "p99",
    comparison: ">",
    threshold: 5_000,
    periodSeconds: 300,
    evaluationPeriods: 2,
    missingData: "notBreaching",
    description:
      "One replication in a hundred took more than 5 s for 10 minutes. Look at throttling and at the destination's health.",
  },
  replicationThrottling: {
    metric: "replicationThrottled",
    statistic: "sum",
    comparison: ">",
    threshold: 50,
    periodSeconds: 300,
    missingData: "notBreaching",
    description:
      "AWS refused more than 50 calls in 5 minutes as too fast. Lower the concurrency, or ask for a higher quota.",
  },
  replicationRetriesExhausted: {
    metric: "replicationRetry",
    statistic: "sum",
    comparison: ">",
    threshold: 3,
    periodSeconds: 300,
    dimensions: { success: "false" },
    missingData: "notBreaching",
    description: "More than 3 calls failed after every retry in 5 minutes. Look at the service's health dashboard.",
  },
} as const;
