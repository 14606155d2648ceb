/** The regions there are, as the SDK's tables of November 2026 name them. A newer one is only warned about. */
const regions = [
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "mx-central-1", "sa-east-1"],
  ...["sa-west-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1"],
  ...["eu-south-2", "il-central-1", "me-central-1", "me-south-1", "me-west-1", "af-south-1", "ap-east-1", "ap-east-2"],
  ...["ap-south-1", "ap-south-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1"],
  ...["ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7"],
  ...["cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1", "eusc-de-east-1", "us-iso-east-1"],
  ...["us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "us-isof-east-1", "us-isof-south-1", "eu-isoe-west-1"],
];

/** What is the matter with a region's name: `wrong` if it can be none, `doubtful` if it may be one newer than this program. */
export type RegionDoubt = { readonly verdict: "wrong" | "doubtful"; readonly says: string };

/**
 * Looks at the name of a region. AWS adds regions, and a list that refuses would refuse real ones: a well-formed name that
 * is not known is doubtful only, and comes with the nearest that is.
 */
export function doubtRegion(name: string): RegionDoubt | undefined {
  if (regions.includes(name)) return undefined;
  const zone = /^([a-z]{2,4}(?:-[a-z]+)+-\d)[a-z]$/.exec(name)?.[1];
  if (zone !== undefined) return { verdict: "wrong", says: `${name} is an availability zone: its region is ${zone}` };
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(name)) {
    return { verdict: "wrong", says: `"${name}" is not the name of a region, such as ${nearestTo(name)}` };
  }
  return { verdict: "doubtful", says: `${name} is no region that this program knows: is ${nearestTo(name)} meant?` };
}

function nearestTo(name: string): string {
  const distances = regions.map((region) => editDistance(name.toLowerCase(), region));
  return regions[distances.indexOf(Math.min(...distances))]!;
}

/** How many letters must be put in, left out or changed to make one name of the other. */
function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...one].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= other.length; column++) {
      const changed = above[column - 1]! + (other[column - 1] === letter ? 0 : 1);
      current.push(Math.min(changed, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[other.length]!;
}
