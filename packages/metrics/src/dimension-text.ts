/** What a dimension may be given as; a number, boolean or `undefined` is spelled out. */
export type DimensionValue = string | number | boolean | undefined;

/** What stands for every dimension of the series that takes the records past the cap. */
export const overflowText = "(other)";

const longest = 1_024; // CloudWatch's limit on a dimension value

/**
 * A dimension's value as text. Different values stay different: `undefined` is "(none)", "" is "(empty)", a text
 * that looks like either is escaped, and one over 1,024 characters ends in a hash of the whole.
 */
export function dimensionText(value: DimensionValue): string {
  if (typeof value === "number" || typeof value === "boolean") return `${value}`;
  if (typeof value !== "string") return "(none)";
  if (value === "") return "(empty)";
  return shortened(value.endsWith(")") && /^\\*\((?:none|empty|other)\)$/.test(value) ? `\\${value}` : value);
}

/** A text of at most 1,024 characters: a longer one is cut and ends in a hash of the whole, so that two stay two. */
export function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 17)}~${hash(text)}`;
}

/** Sixteen hexadecimal digits: FNV-1a, twice from different starts. */
function hash(text: string): string {
  return [0x811c9dc5, 0x9e3779b9].map((start) => fnv1a(text, start).toString(16).padStart(8, "0")).join("");
}

function fnv1a(text: string, start: number): number {
  let sum = start;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum >>> 0;
}
