import type { SdkConfig } from "./sdk-shapes.ts";

// What a client makes for itself when it is given no strategy.
const defaults = new Set(["StandardRetryStrategy", "AdaptiveRetryStrategy"]);

/**
 * The class name of a retry strategy that a client was given beside its policy, or `undefined`. A strategy of
 * the SDK's own standard or adaptive class cannot be told from the one the client makes by default.
 */
export async function rivalStrategyOf(config: SdkConfig): Promise<string | undefined> {
  const strategy = await config.retryStrategy?.();
  if (strategy === undefined) return undefined;
  const { name } = strategy.constructor;
  return defaults.has(name) ? undefined : name;
}
