import { flag, text } from "../protocol/members.ts";
import type { Operation } from "../server/service.ts";
import type { SecretListEntry } from "./list-entry.ts";
import { page } from "./page.ts";
import { readFilters } from "./secret-filter.ts";
import type { SecretStore } from "./secret-store.ts";

/** The secrets as they were a while ago: a change shows only after the lag. */
export function listSecrets(store: SecretStore): Operation {
  return (input, call) => {
    store.settle(call.now);
    const withDeleted = flag(input, "IncludePlannedDeletion") ?? false;
    const fits = readFilters(input);
    const shown = [...store.region(call.account, call.region).listed.values()].filter(
      (entry) => (withDeleted || entry.DeletedDate === undefined) && fits(entry),
    );
    const { items, NextToken } = page(input, sorted(shown, text(input, "SortOrder")));
    return { SecretList: items.map(withoutEmptyTags), NextToken };
  };
}

function sorted(entries: SecretListEntry[], order: string | undefined): readonly SecretListEntry[] {
  if (order === undefined) return entries;
  const direction = order === "desc" ? -1 : 1;
  return entries.sort((one, other) => direction * (one.CreatedDate.ms - other.CreatedDate.ms));
}

function withoutEmptyTags(entry: SecretListEntry): object {
  return entry.Tags.length > 0 ? entry : { ...entry, Tags: undefined };
}
