import { OptionError } from "@holdfast/errors";
import { assertDelayMs, assertInteger, assertKnownOptions } from "@holdfast/errors/policy";

export type TierName = "standard" | "data" | "ai" | "long-poll";

export interface TierTimeouts {
  /** Time for a socket to connect, and for a request to be given a socket, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Time for an answer to begin, and between two pieces of it, in milliseconds. */
  readonly readTimeoutMs: number;
}

/** How patient a client is. */
export interface TierSettings extends TierTimeouts {
  /** Calls made in all, the first included, where no policy is given. */
  readonly maxAttempts: number;
}

const tierSettingNames: Readonly<Record<keyof TierSettings, true>> = {
  maxAttempts: true,
  connectTimeoutMs: true,
  readTimeoutMs: true,
};

export interface Tier extends TierSettings {
  readonly name: TierName;
}

/** What each kind of service needs. */
export const tierDefaults: Readonly<Record<TierName, TierSettings>> = {
  standard: { maxAttempts: 5, connectTimeoutMs: 10_000, readTimeoutMs: 30_000 },
  data: { maxAttempts: 3, connectTimeoutMs: 10_000, readTimeoutMs: 60_000 },
  ai: { maxAttempts: 3, connectTimeoutMs: 10_000, readTimeoutMs: 120_000 },
  // The longest poll is 60 s (Step Functions' GetActivityTask); the answer needs time beyond it.
  "long-poll": { maxAttempts: 5, connectTimeoutMs: 10_000, readTimeoutMs: 90_000 },
};

export type TierOverrides = Readonly<Partial<Record<TierName, Partial<TierSettings>>>>;

/** The tiers with the user's numbers in place of the defaults. */
export function resolveTiers(overrides: TierOverrides = {}): Readonly<Record<TierName, Tier>> {
  for (const name of Object.keys(overrides)) assertTierName("tiers", name);
  const resolve = (name: TierName): Tier => tierOf(name, tierDefaults[name], overrides[name], `tiers.${name}`);
  return {
    standard: resolve("standard"),
    data: resolve("data"),
    ai: resolve("ai"),
    "long-poll": resolve("long-poll"),
  };
}

/** A tier with some of its numbers replaced. */
export function tierOf(
  name: TierName,
  base: TierSettings,
  overrides: Partial<TierSettings> = {},
  option: string,
): Tier {
  assertKnownOptions(option, overrides, tierSettingNames);
  const {
    maxAttempts = base.maxAttempts,
    connectTimeoutMs = base.connectTimeoutMs,
    readTimeoutMs = base.readTimeoutMs,
  } = overrides;
  assertInteger(`${option}.maxAttempts`, maxAttempts, { min: 1 });
  assertDelayMs(`${option}.connectTimeoutMs`, connectTimeoutMs, { min: 1 });
  assertDelayMs(`${option}.readTimeoutMs`, readTimeoutMs, { min: 1 });
  return { name, maxAttempts, connectTimeoutMs, readTimeoutMs };
}

export function assertTierName(option: string, name: unknown): asserts name is TierName {
  if (typeof name === "string" && Object.hasOwn(tierDefaults, name)) return;
  throw new OptionError(option, `one of ${Object.keys(tierDefaults).join(", ")}`, name);
}
