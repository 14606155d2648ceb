import type { TierName, TierSettings } from "../tiers/tier.ts";
import type { ClientEntry } from "./client-entry.ts";
import { copyData, sameData } from "./plain-data.ts";
import type { SdkClientConstructor } from "./sdk-client.ts";

/** Everything that makes one client different from another of the same class, region and identity. */
export interface ClientKey {
  readonly endpoint?: string | undefined;
  readonly tier?: TierName | Partial<TierSettings> | undefined;
  readonly config?: object | undefined;
}

interface Slot {
  readonly key: ClientKey;
  readonly entry: ClientEntry;
}

/** The clients of one identity: by class, by region, and then one after the other, for there are few. */
export class ClientCache {
  readonly #slots = new Map<SdkClientConstructor, Map<string | undefined, Slot[]>>();

  find(clientClass: SdkClientConstructor, region: string | undefined, key: ClientKey): ClientEntry | undefined {
    const slots = this.#slots.get(clientClass)?.get(region);
    if (slots === undefined) return undefined;
    for (const slot of slots) {
      if (sameKey(slot.key, key)) return slot.entry;
    }
    return undefined;
  }

  /** Returns what takes the entry out again. */
  add(
    clientClass: SdkClientConstructor,
    region: string | undefined,
    { endpoint, tier, config }: ClientKey,
    entry: ClientEntry,
  ): () => void {
    const byRegion = this.#slots.get(clientClass) ?? new Map<string | undefined, Slot[]>();
    this.#slots.set(clientClass, byRegion);
    const slots = byRegion.get(region) ?? [];
    byRegion.set(region, slots);
    const slot: Slot = { key: copyData({ endpoint, tier, config }), entry };
    slots.push(slot);
    return () => {
      slots.splice(slots.indexOf(slot), 1);
      if (slots.length === 0) byRegion.delete(region);
      if (byRegion.size === 0) this.#slots.delete(clientClass);
    };
  }

  *entries(): Iterable<ClientEntry> {
    for (const byRegion of this.#slots.values()) {
      for (const slots of byRegion.values()) for (const { entry } of slots) yield entry;
    }
  }
}

const empty = {};

function sameKey(one: ClientKey, other: ClientKey): boolean {
  return (
    one.endpoint === other.endpoint &&
    sameData(one.tier, other.tier) &&
    sameData(one.config ?? empty, other.config ?? empty)
  );
}
