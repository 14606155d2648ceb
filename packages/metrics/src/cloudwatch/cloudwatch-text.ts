import { shortened } from "../dimension-text.ts";

/**
 * A dimension value as CloudWatch takes it: 1 to 1,024 printable ASCII characters, not all blank. Other characters, and `%` itself,
 * are percent-encoded, so that two values stay two.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */
export function cloudWatchText(value: string): string {
  const printable = /^[ -$&-~]*$/.test(value) ? value : value.replace(/[^ -$&-~]/gu, encoded);
  return shortened(printable.trim() === "" ? `%20${printable.slice(1)}` : printable);
}

function encoded(character: string): string {
  try {
    return encodeURIComponent(character);
  } catch {
    return `%u${character.charCodeAt(0).toString(16)}`; // half of a surrogate pair
  }
}
