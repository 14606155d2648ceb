import type { CallDetails } from "@holdfast/errors/policy";

// Operations of Secrets Manager that share one quota, e.g. ReplicateSecretToRegions, StopReplicationToReplica,
// RemoveRegionsFromReplication; TagResource, UntagResource.
const groups: readonly (readonly [name: string, operations: RegExp])[] = [
  ["secret writes", /^PutSecret|^UpdateSecret|Repli/],
  ["secret tags", /agResource/],
  ["secret rotation", /RotateSecret/],
  ["secret policies", /ResourcePolicy/],
];

/**
 * The scope of a call whose limit AWS counts by itself: account, region, and the operation or its API group.
 *
 * AWS counts calls per account and region, for some services by groups of operations. Groups known here are the
 * write operations of Secrets Manager that share one quota; any other operation is a group of its own, which is
 * safe: two learners on one bucket share it as two processes do.
 *
 * While the account is not known, whose credentials sign the call stands in its place; `-` stands for what is not
 * known at all.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
export function awsScope(call: CallDetails | undefined): string {
  if (call === undefined) return "";
  const { identity = "-", accountId = identity, region = "-", client = "-", service = client, operation = "-" } = call;
  const group = service === "SecretsManager" && groups.find(([, operations]) => operations.test(operation));
  return `${accountId}/${region}/${service}/${group ? group[0] : operation}`;
}
