import { number, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";

/** One page of `items`, 1 to `most` long, from where `NextToken` says. */
export function page<Item>(
  input: Fields,
  items: readonly Item[],
  { most = 100, standard = most }: { most?: number; standard?: number } = {},
): { readonly items: readonly Item[]; readonly NextToken: string | undefined } {
  const size = number(input, "MaxResults") ?? standard;
  if (!Number.isInteger(size) || size < 1 || size > most) {
    const bound = size < 1 ? "greater than or equal to 1" : `less than or equal to ${most}`;
    throw new ServiceError(
      "ValidationException",
      `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
  const start = startOf(text(input, "NextToken"));
  const end = start + size;
  return { items: items.slice(start, end), NextToken: end < items.length ? tokenOf(end) : undefined };
}

function tokenOf(start: number): string {
  return Buffer.from(`local-aws:${start}`).toString("base64");
}

function startOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const parts = /^local-aws:(\d+)$/.exec(Buffer.from(token, "base64").toString("utf8"));
  if (parts === null) throw new ServiceError("InvalidNextTokenException", "Invalid next token.");
  return Number(parts[1]);
}
