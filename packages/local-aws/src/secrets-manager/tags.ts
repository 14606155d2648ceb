import { structures, text, texts } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import type { SecretStore } from "./secret-store.ts";

const mostTags = 50;

/** `Tags` of the request as a map. */
export function readTags(input: Fields): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const tag of structures(input, "Tags") ?? []) {
    const key = text(tag, "Key") ?? "";
    const value = text(tag, "Value") ?? "";
    if (key.length < 1 || key.length > 128)
      throw invalid(`Tag key must be 1 to 128 characters long, not ${key.length}.`);
    if (value.length > 256) throw invalid(`Tag value must be at most 256 characters long, not ${value.length}.`);
    if (key.startsWith("aws:")) throw invalid("Tag keys that start with aws: are reserved.");
    tags.set(key, value);
  }
  return checkTagCount(tags);
}

export function tagResource(store: SecretStore): Operation {
  return (input, call) => {
    const secret = store.findWritable(input, call);
    secret.tags = checkTagCount(new Map([...secret.tags, ...readTags(input)]));
    store.changed(secret, call.now);
    return {};
  };
}

export function untagResource(store: SecretStore): Operation {
  return (input, call) => {
    const secret = store.findWritable(input, call);
    const gone = new Set(texts(input, "TagKeys") ?? []);
    secret.tags = new Map([...secret.tags].filter(([key]) => !gone.has(key)));
    store.changed(secret, call.now);
    return {};
  };
}

function checkTagCount(tags: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (tags.size > mostTags) throw invalid(`A secret can have at most ${mostTags} tags, not ${tags.size}.`);
  return tags;
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameterException", message);
}
