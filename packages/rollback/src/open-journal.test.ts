import { OptionError } from "@holdfast/errors";
import { expect, test } from "vitest";
import type { KeyProvider } from "./key-provider.ts";
import { memoryStore } from "./memory-store.ts";
import { openJournal } from "./open-journal.ts";
import type { Operations } from "./operation-registry.ts";

test.each<readonly [string, unknown, string]>([
  ["none", undefined, "operations"],
  ["null", null, "operations"],
  ["a name", "create-bucket", "operations"],
  ["what is no operation", [{ name: "create-bucket", version: 1 }], "operations[0]"],
  ["an operation that was not imported", { createBucket: undefined }, "operations[createBucket]"],
])("operations: %s are refused by the option's name", async (_, operations, option) => {
  const options = { store: memoryStore(), operations: operations as Operations };
  await expect(openJournal(options)).rejects.toThrow(OptionError);
  await expect(openJournal(options)).rejects.toMatchObject({ option });
});

test.each([null, {}, { wrap: (key: Uint8Array) => key }, { unwrap: (key: Uint8Array) => key }, () => {}])(
  "keys: what cannot make and open keys is refused by the option's name (%#)",
  async (keys) => {
    const opening = openJournal({ store: memoryStore(), operations: [], keys: keys as KeyProvider });
    await expect(opening).rejects.toMatchObject({ option: "keys" });
  },
);
