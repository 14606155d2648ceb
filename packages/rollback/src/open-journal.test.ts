import { OptionError } from "@holdfast/errors";
import { expect, test } from "vitest";
import { memoryStore } from "./memory-store.ts";
import { openJournal } from "./open-journal.ts";
import type { Operations } from "./operation-registry.ts";

test.each<readonly [string, unknown]>([
  ["none", undefined],
  ["null", null],
  ["a name", "create-bucket"],
  ["what is no operation", [{ name: "create-bucket", version: 1 }]],
  ["an operation that was not imported", [undefined]],
])("operations: %s are refused by the option's name", async (_, operations) => {
  const options = { store: memoryStore(), operations: operations as Operations };
  await expect(openJournal(options)).rejects.toThrow(OptionError);
  await expect(openJournal(options)).rejects.toMatchObject({ option: "operations" });
});
