import { describe, test } from "vitest";
import { memoryStore } from "./memory-store.ts";
import { storeConformance } from "./testing/store-conformance.ts";

describe("a memory store", () => {
  for (const { name, run } of storeConformance({ make: memoryStore })) test(name, run);
});
