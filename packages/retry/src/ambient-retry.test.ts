import { afterEach, expect, test, vi } from "vitest";
import { ambientRetry, enterAmbient, leaveAmbient, prepareAmbient } from "./ambient-retry.ts";
import { retry } from "./retry.ts";

const key = Symbol.for("holdfast.retry.ambient.1");
const around = { policy: "outer", deadline: undefined, budget: undefined, nested: "share" } as const;

const runWithAmbient = async <T>(ambient: typeof around, attempt: () => T): Promise<Awaited<T>> => {
  try {
    return await enterAmbient(ambient, attempt);
  } finally {
    leaveAmbient();
  }
};

afterEach(() => {
  vi.restoreAllMocks();
});

// The order matters: the first test runs before anything has made the storage.
test("without AsyncLocalStorage, as on Workers, a retry with a deadline works all the same", async () => {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
  await expect(retry({ maxElapsedMs: 1_000 }).execute(() => 1)).resolves.toBe(1);
  await runWithAmbient(around, () => expect(ambientRetry()).toBeUndefined());
  expect(Reflect.has(globalThis, key)).toBe(false);
});

test("what runs inside sees the retry around it, what runs outside does not", async () => {
  prepareAmbient();
  const seen = await runWithAmbient(around, async () => {
    await Promise.resolve();
    return ambientRetry();
  });
  expect(seen).toBe(around);
  expect(ambientRetry()).toBeUndefined();
});

test("another copy of the package sees it too", async () => {
  vi.resetModules();
  const copy = await import("./ambient-retry.ts");
  copy.prepareAmbient();
  expect(copy.ambientRetry).not.toBe(ambientRetry);
  await runWithAmbient(around, () => expect(copy.ambientRetry()).toBe(around));
});
