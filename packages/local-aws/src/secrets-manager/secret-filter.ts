import { structures, text, texts } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { SecretListEntry } from "./list-entry.ts";

type Test = (entry: SecretListEntry, value: string) => boolean;

const tests: Readonly<Record<string, Test>> = {
  name: (entry, value) => entry.Name.startsWith(value),
  description: (entry, value) => words(entry.Description ?? "", value),
  "tag-key": (entry, value) => entry.Tags.some(({ Key }) => Key.startsWith(value)),
  "tag-value": (entry, value) => entry.Tags.some(({ Value }) => Value.startsWith(value)),
  "primary-region": (entry, value) => (entry.PrimaryRegion ?? "").startsWith(value),
  "owning-service": () => false,
  all: (entry, value) =>
    words(entry.Name, value) ||
    words(entry.Description ?? "", value) ||
    entry.Tags.some(({ Key, Value }) => words(Key, value) || words(Value, value)),
};

/** `Filters` of the request: all of them must fit, each by any of its values; a value that starts with ! excludes. */
export function readFilters(input: Fields): (entry: SecretListEntry) => boolean {
  const filters = (structures(input, "Filters") ?? []).map((filter) => {
    const key = text(filter, "Key") ?? "";
    const values = texts(filter, "Values") ?? [];
    const test = tests[key];
    if (test === undefined) {
      throw new ServiceError(
        "ValidationException",
        `1 validation error detected: Value '${key}' at 'filters.1.member.key' failed to satisfy constraint: Member must satisfy enum value set: [${Object.keys(tests).join(", ")}]`,
      );
    }
    return (entry: SecretListEntry) => fits(entry, values, test);
  });
  return (entry) => filters.every((filter) => filter(entry));
}

function fits(entry: SecretListEntry, values: readonly string[], test: Test): boolean {
  const wanted = values.filter((value) => !value.startsWith("!"));
  const unwanted = values.filter((value) => value.startsWith("!"));
  if (unwanted.some((value) => test(entry, value.slice(1)))) return false;
  return wanted.length === 0 || wanted.some((value) => test(entry, value));
}

function words(text: string, value: string): boolean {
  return text
    .toLowerCase()
    .split(/[\s/_+=.@!-]+/)
    .some((word) => word.startsWith(value.toLowerCase()));
}
