import { exponential } from "./exponential.ts";
import { givenOptions } from "./given-options.ts";
import type { RetryOptions } from "./retry-options.ts";

/** Options by the kind of work they suit, and what you add to them. */
type Preset = (overrides?: RetryOptions) => RetryOptions;

function preset(options: () => RetryOptions): Preset {
  return (overrides = {}) => ({ ...options(), ...givenOptions(overrides) });
}

interface Presets {
  /** A person waits: 3 attempts, from 500 ms, at most 5 s. */
  readonly quick: Preset;
  /** The usual job: 5 attempts, from 1 s, at most 30 s. */
  readonly standard: Preset;
  /** Nobody waits: 10 attempts, from 2 s, at most 60 s. */
  readonly patient: Preset;
  /** Only what the network did: 5 attempts, from 1 s, at most 30 s. */
  readonly network: Preset;
  /** Builds and image pulls: 3 attempts, 5 s and 10 s ±20 %. */
  readonly build: Preset;
  /** Only throttling: 5 attempts, from 1 s, at most 20 s. */
  readonly throttleOnly: Preset;
  /** The secrets replicator: 5 attempts; 2, 4, 8, 16 s ±10 %, at most 32 s; throttling and internal errors only. */
  readonly secretsReplicator: Preset;
}

export const presets: Presets = {
  quick: preset(() => ({ maxAttempts: 3, backoff: exponential({ baseMs: 500, maxMs: 5_000 }) })),
  standard: preset(() => ({ maxAttempts: 5, backoff: exponential({ baseMs: 1_000, maxMs: 30_000 }) })),
  patient: preset(() => ({ maxAttempts: 10, backoff: exponential({ baseMs: 2_000, maxMs: 60_000 }) })),
  network: preset(() => ({
    maxAttempts: 5,
    backoff: exponential({ baseMs: 1_000, maxMs: 30_000 }),
    retryIf: (_error, { kind, retry }) => (kind === "network" || kind === "timeout") && retry !== "never",
  })),
  build: preset(() => ({ maxAttempts: 3, backoff: exponential({ baseMs: 5_000, maxMs: 60_000, jitter: 0.2 }) })),
  throttleOnly: preset(() => ({
    maxAttempts: 5,
    backoff: exponential({ baseMs: 1_000, maxMs: 20_000 }),
    retryIf: (_error, { retry }) => retry === "throttling",
  })),
  secretsReplicator: preset(() => ({
    maxAttempts: 5,
    backoff: exponential({ baseMs: 2_000, maxMs: 32_000, jitter: 0.1 }),
    retryIf: (_error, { kind, retry }) => retry === "throttling" || (kind === "service" && retry !== "never"),
  })),
};
