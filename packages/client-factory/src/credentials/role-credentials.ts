import { defaultRegionOf, partitionOfRegion } from "../endpoints/partition.ts";
import { RegionError } from "../errors/region-error.ts";
import type { FactoryResources } from "../factory-resources.ts";
import { assumeRole } from "./assume-role.ts";
import type { AssumeRoleOptions } from "./assume-role-options.ts";
import type { CredentialProvider } from "./credentials.ts";
import { parseRoleArn } from "./role-arn.ts";
import { defaultSessionName } from "./session-name.ts";
import type { StsClients } from "./sts-clients.ts";

/**
 * Fetches the credentials of a role with those of its source, which renew themselves: so does every link of a
 * chain. The region's partition is held against the role's before STS is asked.
 */
export function roleCredentials(
  resources: FactoryResources,
  source: StsClients,
  options: AssumeRoleOptions,
): CredentialProvider {
  const role = parseRoleArn("roleArn", options.roleArn);
  const mfa = options.mfaSerial === undefined ? undefined : source.mfaSession(options.mfaSerial);
  const sessionName = options.sessionName ?? defaultSessionName(resources.options.name);
  const given = options.region ?? resources.options.region;
  if (given !== undefined) assertPartition(role.partition, given, role.arn);

  return async () => {
    const region = given ?? (await source.regionOr(defaultRegionOf(role.partition)));
    assertPartition(role.partition, region, role.arn);
    const entry = await mfa?.enter(region, options.mfaCode);
    const client = entry?.client ?? (await source.in(region));
    return assumeRole({ client, region, options, sessionName, tokenCode: entry?.tokenCode });
  };
}

function assertPartition(partition: string, region: string, role: string): void {
  const theirs = partitionOfRegion(region);
  if (theirs === partition) return;
  throw new RegionError(`${role} is in partition ${partition}, and ${region} in ${theirs}`, {
    service: "STS",
    operation: "AssumeRole",
    region,
    role,
    remediation: [{ text: `give a region of ${partition}, e.g. ${defaultRegionOf(partition)}` }],
  });
}
