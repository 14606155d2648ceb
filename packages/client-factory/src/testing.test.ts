import { expect, test } from "vitest";
import { createClientFactory } from "./create-client-factory.ts";
import { manualClock, testFactoryOptions } from "./testing.ts";

test("the options for tests make a factory that stays on this machine and tries once", async () => {
  await using factory = createClientFactory({ ...testFactoryOptions, clock: manualClock() });
  expect(factory.stats().clients).toBe(0);
  expect(testFactoryOptions.localOnly).toBe(true);
  expect(Object.values(testFactoryOptions.tiers ?? {}).map((tier) => tier.maxAttempts)).toEqual([1, 1, 1, 1]);
});
