import type { PolicySettings } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { doubtRegion } from "./region-name.ts";
import { accountOf } from "./replication/account-of.ts";
import { ownPrefix } from "./settings/configuration-secrets.ts";
import { UsageExit } from "./usage-exit.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export interface ReplicatorPolicies {
  /** For whoever runs the replicator. */
  readonly replicator: Policy;
  /** For the role that it assumes; `undefined` where it writes to its own account. */
  readonly destinationRole: Policy | undefined;
  /** Who may assume that role. */
  readonly destinationTrust: unknown;
}

const reads = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
const writes = [
  "secretsmanager:CreateSecret",
  "secretsmanager:PutSecretValue",
  "secretsmanager:UpdateSecret",
  "secretsmanager:TagResource",
  "secretsmanager:UntagResource",
  // an undo's
  "secretsmanager:UpdateSecretVersionStage",
  "secretsmanager:DeleteSecret",
];

/**
 * The policies that a replicator needs, and no more: each action is one that it calls, its undo included.
 *
 * @throws UsageExit, with exit code 64, naming the option that is wrong.
 */
export function replicatorPolicies(settings: PolicySettings): ReplicatorPolicies {
  const { account, from, to, toRoleArn, externalId, metrics, dlqArn } = settings;
  check(settings);
  const partition = partitionOf(from);
  const secrets = (region: string, owner: string, name = "*") =>
    `arn:${partition}:secretsmanager:${region}:${owner}:secret:${name}`;
  const destination = toRoleArn === undefined ? account : accountOf(toRoleArn);
  const writing = [
    allow("WriteDestination", [...reads, ...writes], [secrets(to, destination)]),
    { ...allow("KeepConfiguration", writes, [secrets("*", destination, `${ownPrefix}*`)]), Effect: "Deny" as const },
    ...useKeys("DestinationKeys", ["kms:Decrypt", "kms:GenerateDataKey"], settings.kmsKeyArn, to, destination),
  ];
  const replicator = [
    allow("ListSource", ["secretsmanager:ListSecrets"], ["*"]), // takes no resource
    allow("ReadSource", reads, [secrets(from, account)]),
    ...useKeys("SourceKeys", ["kms:Decrypt"], settings.kmsKeyArn, from, account),
    ...(toRoleArn === undefined ? writing : [allow("AssumeDestination", ["sts:AssumeRole"], [toRoleArn])]),
    ...(metrics === undefined
      ? []
      : [
          {
            ...allow("SendMetrics", ["cloudwatch:PutMetricData"], ["*"]), // takes no resource
            Condition: { StringEquals: { "cloudwatch:namespace": metrics } },
          },
        ]),
    ...(dlqArn === undefined ? [] : [allow("SendDeadLetters", ["sqs:GetQueueUrl", "sqs:SendMessage"], [dlqArn])]),
  ];
  return {
    replicator: { Version: "2012-10-17", Statement: replicator },
    destinationRole: toRoleArn === undefined ? undefined : { Version: "2012-10-17", Statement: writing },
    destinationTrust: toRoleArn === undefined ? undefined : trust(`arn:${partition}:iam::${account}:root`, externalId),
  };
}

function allow(Sid: string, Action: readonly string[], Resource: readonly string[]): Statement {
  return { Sid, Effect: "Allow", Action, Resource };
}

/** Keys are used through Secrets Manager alone. */
function useKeys(
  sid: string,
  actions: readonly string[],
  keyArns: readonly string[],
  region: string,
  account: string,
): Statement[] {
  const own = keyArns.filter((arn) => arn.split(":")[3] === region && accountOf(arn) === account);
  if (own.length === 0) return [];
  const service = `secretsmanager.${region}.amazonaws.com`;
  return [{ ...allow(sid, actions, own), Condition: { StringEquals: { "kms:ViaService": service } } }];
}

function trust(principal: string, externalId: string | undefined) {
  const condition = externalId === undefined ? {} : { Condition: { StringEquals: { "sts:ExternalId": externalId } } };
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole", ...condition }],
  };
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  if (region.startsWith("eusc-")) return "aws-eusc";
  const [, isolated] = /^(?:us|eu)-(iso[bef]?)-/.exec(region) ?? [];
  return isolated === undefined ? "aws" : `aws-${isolated}`;
}

function check({ account, from, to, toRoleArn, externalId, kmsKeyArn, dlqArn }: PolicySettings): void {
  const wrong = (what: string) => new UsageExit(`error: ${what}\n`, exitCodes.usage);
  if (!/^\d{12}$/.test(account)) throw wrong(`--account is not twelve digits: ${account}`);
  for (const [option, region] of [["--from", from] as const, ["--to", to] as const]) {
    const doubt = doubtRegion(region);
    if (doubt?.verdict === "wrong") throw wrong(`${option}: ${doubt.says}`);
  }
  if (toRoleArn !== undefined && !/^arn:[\w-]+:iam::\d{12}:role\/.+/.test(toRoleArn)) {
    throw wrong(`--to-role-arn is not a role's ARN (arn:aws:iam::ACCOUNT:role/NAME): ${toRoleArn}`);
  }
  if (externalId !== undefined && toRoleArn === undefined) throw wrong("--external-id needs --to-role-arn");
  for (const arn of kmsKeyArn) {
    if (!/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/.+/.test(arn)) throw wrong(`--kms-key-arn is not a key's ARN: ${arn}`);
  }
  if (dlqArn !== undefined && !/^arn:[\w-]+:sqs:[\w-]+:\d{12}:.+/.test(dlqArn)) {
    throw wrong(`--dlq-arn is not a queue's ARN: ${dlqArn}`);
  }
}
