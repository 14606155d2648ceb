import { defaultRegionOf, partitionOfRegion } from "../endpoints/partition.ts";
import { RegionError } from "../errors/region-error.ts";
import type { FactoryResources } from "../factory-resources.ts";
import { assumeRole } from "./assume-role.ts";
import type { AssumeRoleOptions } from "./assume-role-options.ts";
import type { CredentialProvider } from "./credentials.ts";
import { MfaSession } from "./mfa-session.ts";
import { parseRoleArn } from "./role-arn.ts";
import { defaultSessionName } from "./session-name.ts";
import type { SharedCredentials } from "./shared-credentials.ts";
import { StsClients, type StsPlace } from "./sts-clients.ts";

export interface RoleSource extends StsPlace {
  readonly credentials: SharedCredentials;
  readonly region: string | undefined;
}

/**
 * Fetches the credentials of a role with those of its source, which renew themselves: so does every link of a
 * chain. The region's partition is held against the role's before STS is asked.
 */
export function roleCredentials(
  resources: FactoryResources,
  source: RoleSource,
  options: AssumeRoleOptions,
): CredentialProvider {
  const role = parseRoleArn("roleArn", options.roleArn);
  const sts = new StsClients(resources, source.credentials, source);
  const mfa = options.mfaSerial === undefined ? undefined : new MfaSession(resources, source, sts, options);
  const sessionName = options.sessionName ?? defaultSessionName(resources.options.name);
  const given = options.region ?? source.region;
  if (given !== undefined) assertPartition(role.partition, given, role.arn);

  return async () => {
    const region = given ?? (await sts.regionOr(defaultRegionOf(role.partition)));
    assertPartition(role.partition, region, role.arn);
    const { client, tokenCode } = (await mfa?.enter(region)) ?? { client: await sts.in(region), tokenCode: undefined };
    return assumeRole({ client, region, options, sessionName, tokenCode });
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
