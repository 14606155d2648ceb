import type { Principal } from "../identity/principal.ts";
import { structures, text, texts } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";

const mostTags = 50;

/** The tags of a new session: those passed on by the caller's session, and those asked for. */
export function sessionTags(input: Fields, caller: Principal): Pick<Principal, "tags" | "transitiveTags"> {
  const inherited = new Map((caller.transitiveTags ?? []).map((key) => [key, caller.tags?.get(key) ?? ""]));
  const tags = new Map(inherited);
  for (const tag of structures(input, "Tags") ?? []) {
    const key = text(tag, "Key") ?? "";
    const value = text(tag, "Value") ?? "";
    if (key.length < 1 || key.length > 128 || value.length > 256) {
      throw new ServiceError("ValidationError", "Session tag keys have 1 to 128 characters and values at most 256.");
    }
    if (inherited.has(key)) {
      throw new ServiceError(
        "AccessDenied",
        `One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session: ${key}`,
        { status: 403 },
      );
    }
    tags.set(key, value);
  }
  if (tags.size > mostTags) throw new ServiceError("ValidationError", `A session can have at most ${mostTags} tags.`);
  return { tags, transitiveTags: [...inherited.keys(), ...(texts(input, "TransitiveTagKeys") ?? [])] };
}
