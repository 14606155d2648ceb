import { type ConfigurationSecrets, ownName, ownPrefix } from "../settings/configuration-secrets.ts";
import type { DestinationSettings } from "../settings/destination-list.ts";
import { type Environment, readList } from "../settings/environment.ts";
import { type PatternEntries, patternMap, readPatternEntries } from "../settings/pattern-map.ts";
import { type Rename, renameByEntries } from "../settings/rename-rule.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { readTransform } from "../transforms/read-transform.ts";
import { chain, type Transform } from "../transforms/transform.ts";

/** What goes to one destination, or why nothing does. */
export type DeliveryPlan =
  | {
      readonly names: readonly string[];
      readonly rename: Rename;
      readonly transformOf: (name: string) => Transform | undefined;
    }
  | { readonly skipped: string };

export interface PlanDeliveryOptions {
  readonly environment: Environment;
  readonly configuration: ConfigurationSecrets;
  readonly signal: AbortSignal;
}

/**
 * Asks a destination's filters and names about some secrets, and reads the transforms that they need. Where a filter
 * cannot be loaded, nothing is replicated: what it would have kept back is not known.
 *
 * @throws SettingsError, TransformError for names and transforms that cannot be read; what reading them throws.
 */
export async function planDelivery(
  destination: DestinationSettings,
  names: readonly string[],
  options: PlanDeliveryOptions,
): Promise<DeliveryPlan> {
  const { configSecret } = options.environment;
  const wanted = names.filter((name) => !name.startsWith(ownPrefix) && name !== configSecret);
  if (wanted.length === 0) return { skipped: "it configures the replicator, and is never replicated" };
  const filter = await loadFilters(destination.filters, options);
  if ("skipped" in filter) return filter;
  const chainOf = (name: string) => (filter.entries === undefined ? null : filter.find(name)?.value);
  const admitted = wanted.filter((name) => chainOf(name) !== undefined);
  if (admitted.length === 0) return { skipped: "no filter names it" };
  const rename = await loadNames(destination, options);
  const named = admitted.filter((name) => rename(name) !== undefined);
  if (named.length === 0) return { skipped: "it has no name at this destination" };
  const transforms = new Map<string, Transform | undefined>();
  for (const name of named) transforms.set(name, await loadChain(chainOf(name) ?? "", options));
  return { names: named, rename, transformOf: (name) => transforms.get(name) };
}

type Filters = ReturnType<typeof patternMap<string | null>> & {
  /** `undefined`: there is no filter, so everything is replicated. */
  readonly entries: PatternEntries<string | null> | undefined;
};

async function loadFilters(
  filters: readonly string[],
  { configuration, environment, signal }: PlanDeliveryOptions,
): Promise<Filters | { readonly skipped: string }> {
  const entries: (readonly [string, string | null])[] = [];
  for (const filter of filters.map((name) => ownName("filters", name))) {
    try {
      const text = await configuration.read(filter, environment.filterCacheTtlMs, signal);
      if (text === undefined) return { skipped: `the filter ${filter} is not there` };
      entries.push(...readPatternEntries(text, filter, true));
    } catch (error) {
      signal.throwIfAborted();
      return { skipped: `the filter ${filter} could not be loaded: ${(error as Error).message}` };
    }
  }
  return { ...patternMap(entries), entries: filters.length === 0 ? undefined : entries };
}

async function loadNames(
  { secretNames, secretNamesCacheTtlMs }: DestinationSettings,
  { configuration, signal }: PlanDeliveryOptions,
): Promise<Rename> {
  if (secretNames === undefined) return (name) => name;
  const map = ownName("names", secretNames);
  const text = await configuration.read(map, secretNamesCacheTtlMs, signal);
  if (text === undefined) throw missing("the names", map);
  try {
    return renameByEntries(readPatternEntries(text, map, false) as PatternEntries<string>);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SettingsError(`${map}: ${error.message}`, `Correct ${map}`);
  }
}

/** The transforms of a chain, as in `regions,hosts`; none for the empty one. */
async function loadChain(
  names: string,
  { configuration, environment, signal }: PlanDeliveryOptions,
): Promise<Transform | undefined> {
  const transforms: Transform[] = [];
  for (const name of readList(names).map((one) => ownName("transformations", one))) {
    const text = await configuration.read(name, environment.filterCacheTtlMs, signal);
    if (text === undefined) throw missing("a transformation", name);
    try {
      transforms.push(readTransform(text, environment.transformMode, environment));
    } catch (error) {
      throw new SettingsError(`${name}: ${(error as Error).message}`, `Correct ${name}`, { cause: error });
    }
  }
  return chain(transforms);
}

function missing(what: string, name: string): SettingsError {
  return new SettingsError(
    `There is no secret ${name}, which is to hold ${what}`,
    `Create ${name}, or take its name out of the settings`,
  );
}
