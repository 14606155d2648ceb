interface Partition {
  readonly name: string;
  /** What the names of its regions begin with. */
  readonly prefix: RegExp;
  /** Where STS is asked when no region is given. */
  readonly defaultRegion: string;
}

// From the SDK's partitions.json; the last takes every name that no other does.
const partitions: readonly Partition[] = [
  { name: "aws-cn", prefix: /^cn-/, defaultRegion: "cn-northwest-1" },
  { name: "aws-us-gov", prefix: /^us-gov-/, defaultRegion: "us-gov-west-1" },
  { name: "aws-eusc", prefix: /^eusc-/, defaultRegion: "eusc-de-east-1" },
  { name: "aws-iso", prefix: /^us-iso-/, defaultRegion: "us-iso-east-1" },
  { name: "aws-iso-b", prefix: /^us-isob-/, defaultRegion: "us-isob-east-1" },
  { name: "aws-iso-e", prefix: /^eu-isoe-/, defaultRegion: "eu-isoe-west-1" },
  { name: "aws-iso-f", prefix: /^us-isof-/, defaultRegion: "us-isof-south-1" },
  { name: "aws", prefix: /^/, defaultRegion: "us-east-1" },
];

/** The partition that a region belongs to, e.g. `aws-cn` for `cn-north-1`; `aws` where no other is known. */
export function partitionOfRegion(region: string): string {
  return partitions.find(({ prefix }) => prefix.test(region))?.name ?? "aws";
}

/** Where STS is asked in a partition when no region is given. */
export function defaultRegionOf(partition: string): string {
  return partitions.find(({ name }) => name === partition)?.defaultRegion ?? "us-east-1";
}
