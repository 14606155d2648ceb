/** How many requests per second an account may make in a region, over the operations named together. */
export interface Quota {
  /** The signing name: `secretsmanager`, `sts`, `monitoring`, `iam`. */
  readonly service: string;
  /** The operations that share the rate. */
  readonly operations: readonly string[];
  readonly perSecond: number;
  /** Requests that may come at once. Default: one second's worth. */
  readonly burst?: number | undefined;
}

/**
 * The documented quotas. Those of Create, Delete, ListSecretVersionIds and GetRandomPassword stand in no public page read;
 * AWS says only that control-plane operations have low ones, and 50 is what the others have.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const defaultQuotas: readonly Quota[] = [
  { service: "secretsmanager", operations: ["DescribeSecret", "GetSecretValue"], perSecond: 10_000 },
  {
    service: "secretsmanager",
    operations: [
      "PutSecretValue",
      "RemoveRegionsFromReplication",
      "ReplicateSecretToRegions",
      "StopReplicationToReplica",
      "UpdateSecret",
      "UpdateSecretVersionStage",
    ],
    perSecond: 50,
  },
  { service: "secretsmanager", operations: ["TagResource", "UntagResource"], perSecond: 50 },
  { service: "secretsmanager", operations: ["RotateSecret", "CancelRotateSecret"], perSecond: 50 },
  {
    service: "secretsmanager",
    operations: ["DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy", "ValidateResourcePolicy"],
    perSecond: 50,
  },
  { service: "secretsmanager", operations: ["BatchGetSecretValue"], perSecond: 100 },
  { service: "secretsmanager", operations: ["ListSecrets"], perSecond: 100 },
  { service: "secretsmanager", operations: ["CreateSecret"], perSecond: 50 },
  { service: "secretsmanager", operations: ["DeleteSecret"], perSecond: 50 },
  { service: "secretsmanager", operations: ["RestoreSecret"], perSecond: 50 },
  { service: "secretsmanager", operations: ["ListSecretVersionIds"], perSecond: 50 },
  { service: "secretsmanager", operations: ["GetRandomPassword"], perSecond: 50 },
  { service: "sts", operations: ["AssumeRole", "GetCallerIdentity", "GetSessionToken"], perSecond: 600 },
  { service: "monitoring", operations: ["PutMetricData"], perSecond: 500 },
  { service: "monitoring", operations: ["GetMetricData"], perSecond: 50 },
  { service: "monitoring", operations: ["GetMetricStatistics"], perSecond: 400 },
  { service: "monitoring", operations: ["ListMetrics"], perSecond: 25 },
  { service: "monitoring", operations: ["DescribeAlarms"], perSecond: 9 },
  { service: "monitoring", operations: ["PutMetricAlarm"], perSecond: 3 },
  { service: "monitoring", operations: ["DeleteAlarms"], perSecond: 3 },
  { service: "monitoring", operations: ["SetAlarmState"], perSecond: 3 },
  { service: "monitoring", operations: ["PutDashboard"], perSecond: 10 },
  { service: "monitoring", operations: ["GetDashboard"], perSecond: 10 },
  { service: "monitoring", operations: ["ListDashboards"], perSecond: 10 },
  { service: "monitoring", operations: ["DeleteDashboards"], perSecond: 10 },
];
