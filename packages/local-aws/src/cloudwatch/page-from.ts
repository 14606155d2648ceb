import { number, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { cloudWatchError } from "./cloudwatch-error.ts";

/** One page of `items`, from where `NextToken` says. */
export function pageFrom<Item>(
  input: Fields,
  items: readonly Item[],
  { sizeMember, most, standard = most }: { sizeMember: string; most: number; standard?: number },
): { readonly items: readonly Item[]; readonly NextToken: string | undefined } {
  const size = number(input, sizeMember) ?? standard;
  if (!(size >= 1 && size <= most)) {
    throw cloudWatchError(
      "InvalidParameterValueException",
      `The parameter ${sizeMember} must be 1 to ${most}, not ${size}.`,
    );
  }
  const token = text(input, "NextToken");
  const start =
    token === undefined ? 0 : Number(/^from:(\d+)$/.exec(Buffer.from(token, "base64").toString())?.[1] ?? -1);
  if (start < 0) throw cloudWatchError("InvalidNextToken", "The next token is not one that this service gave.");
  const end = start + size;
  const NextToken = end < items.length ? Buffer.from(`from:${end}`).toString("base64") : undefined;
  return { items: items.slice(start, end), NextToken };
}
