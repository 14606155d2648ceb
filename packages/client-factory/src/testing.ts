import type { ClientFactoryOptions } from "./factory-options.ts";

export { type ManualClock, manualClock } from "@holdfast/errors/testing";

const impatient = { maxAttempts: 1, connectTimeoutMs: 1_000, readTimeoutMs: 1_000 };

/** Options of a factory for tests: nothing leaves this machine, nothing is tried twice, nothing takes longer than a second. */
export const testFactoryOptions: ClientFactoryOptions = {
  localOnly: true,
  tiers: { standard: impatient, data: impatient, ai: impatient, "long-poll": impatient },
};
