import type { STSClient } from "@aws-sdk/client-sts";
import { partitionOfRegion } from "../endpoints/partition.ts";
import { AwsError } from "../errors/aws-error.ts";
import { factsOf } from "../errors/aws-facts.ts";
import { CredentialError } from "../errors/credential-error.ts";
import { RegionError } from "../errors/region-error.ts";
import { importPeer } from "../import-peer.ts";
import type { CallerIdentity, ValidateCredentialsOptions } from "./caller-identity.ts";

export interface Caller {
  readonly source: string;
  readonly profile: string | undefined;
  readonly region: string;
  readonly expiresAt: () => number | undefined;
  readonly now: () => number;
  readonly clientFor: (region: string) => Promise<STSClient>;
}

/** Asks STS who the caller is, and holds the answer against what was expected. */
export async function validateCredentials(
  caller: Caller,
  options: ValidateCredentialsOptions,
): Promise<CallerIdentity> {
  const identity = await callerIdentity(caller, caller.region, options.signal);
  const where = { service: "STS", operation: "GetCallerIdentity", region: caller.region, profile: caller.profile };
  assertExpected("account", identity.accountId, options.expectedAccount, identity, where);
  assertExpected("partition", identity.partition, options.expectedPartition, identity, where);
  await Promise.all((options.regions ?? []).map((region) => assertRegion(caller, identity, region, options.signal)));
  return identity;
}

async function callerIdentity(
  caller: Caller,
  region: string,
  signal: AbortSignal | undefined,
): Promise<CallerIdentity> {
  const { GetCallerIdentityCommand } = await importPeer("@aws-sdk/client-sts", () => import("@aws-sdk/client-sts"));
  const client = await caller.clientFor(region);
  const command = new GetCallerIdentityCommand({});
  let clockOffsetMs: number | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {} } = result.response as { headers?: Record<string, string> };
      if (headers.date !== undefined) clockOffsetMs = secondsApart(Date.parse(headers.date), caller.now());
      return result;
    },
    { step: "deserialize", priority: "low", name: "holdfastServerDate" },
  );
  const answer = await client
    .send(command, signal === undefined ? {} : { abortSignal: signal })
    .catch((cause: unknown) => {
      throw cause instanceof AwsError ? cause : refused(cause, caller, region, signal);
    });
  const { Account = "", Arn = "", UserId = "" } = answer;
  const partition = Arn.split(":")[1] ?? "";
  const { source, expiresAt } = caller;
  return { accountId: Account, arn: Arn, userId: UserId, partition, source, expiresAt: expiresAt(), clockOffsetMs };
}

// The Date header counts whole seconds: less than one apart is none.
function secondsApart(theirs: number, ours: number): number {
  const apart = theirs - ours;
  return Math.abs(apart) < 1_000 ? 0 : Math.round(apart / 1_000) * 1_000;
}

function assertExpected(
  what: "account" | "partition",
  actual: string,
  expected: string | undefined,
  { arn, source }: CallerIdentity,
  where: { readonly profile: string | undefined },
): void {
  if (expected === undefined || actual === expected) return;
  const remediation = [
    { text: `use credentials of ${what} ${expected}` },
    { text: "to see whose are in use, run", command: "aws sts get-caller-identity" },
  ];
  throw new CredentialError(`Expected ${what} ${expected}, but the ${source} are those of ${arn}`, {
    ...where,
    remediation,
  });
}

async function assertRegion(
  caller: Caller,
  { partition, accountId }: CallerIdentity,
  region: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const facts = { service: "STS", operation: "GetCallerIdentity", region, profile: caller.profile };
  const theirs = partitionOfRegion(region);
  if (theirs !== partition) {
    throw new RegionError(`${region} is in partition ${theirs}, and account ${accountId} in ${partition}`, facts);
  }
  await callerIdentity(caller, region, signal);
}

const disabledRegion = new Set([
  "RegionDisabledException",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
  "OptInRequired",
]);

function refused(cause: unknown, caller: Caller, region: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  const facts = { service: "STS", operation: "GetCallerIdentity", region, profile: caller.profile, ...factsOf(cause) };
  // The first region has accepted these credentials, so what refuses them elsewhere is the region.
  if (region !== caller.region && disabledRegion.has(facts.awsCode ?? "")) {
    const remediation = [{ text: "enable it", command: `aws account enable-region --region-name ${region}` }];
    return new RegionError(`Region ${region} is not enabled for this account`, { ...facts, remediation }, { cause });
  }
  return new CredentialError(`STS did not accept the ${caller.source} (${facts.awsCode ?? "no code"})`, facts, {
    cause,
  });
}
