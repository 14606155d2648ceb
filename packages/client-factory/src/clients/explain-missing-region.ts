import { RegionError } from "../errors/region-error.ts";

interface WithRegion {
  region?: unknown;
}

/** Lets a client that was told no region say which it is, and what to do: the SDK says "Region is missing" and no more. */
export function explainMissingRegion(config: WithRegion, service: string, profile: string | undefined): void {
  const { region } = config;
  if (typeof region !== "function") return;
  config.region = async () => {
    try {
      return await region();
    } catch (cause) {
      const option = profile === undefined ? "" : ` --profile ${profile}`;
      const remediation = [
        { text: "give `region`, or set AWS_REGION" },
        { text: "or set it for good", command: `aws configure set region REGION${option}` },
      ];
      throw new RegionError(`${service} was not told its region`, { service, profile, remediation }, { cause });
    }
  };
}
