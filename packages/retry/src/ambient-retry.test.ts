import { afterEach, expect, test, vi } from "vitest";
import { type AmbientRetry, ambientRetry, enterAmbient, leaveAmbient, prepareAmbient } from "./ambient-retry.ts";
import { retry } from "./retry.ts";

const key = Symbol.for("holdfast.retry.ambient.1");
const ambientIn = (around?: AmbientRetry): AmbientRetry => ({
  policy: "outer",
  deadline: undefined,
  budget: undefined,
  nested: "share",
  around,
  over: false,
});

const runWithAmbient = async <T>(ambient: AmbientRetry, attempt: () => T): Promise<Awaited<T>> => {
  try {
    return await enterAmbient(ambient, attempt);
  } finally {
    leaveAmbient(ambient);
  }
};

afterEach(() => {
  vi.restoreAllMocks();
});

// The order matters: the first test runs before anything has made the storage.
test("without AsyncLocalStorage, as on Workers, a retry with a deadline works all the same", async () => {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
  await expect(retry({ maxElapsedMs: 1_000 }).execute(() => 1)).resolves.toBe(1);
  await runWithAmbient(ambientIn(), () => expect(ambientRetry()).toBeUndefined());
  expect(Reflect.has(globalThis, key)).toBe(false);
});

test("what runs inside sees the retry around it, what runs outside does not", async () => {
  prepareAmbient();
  const around = ambientIn();
  const seen = await runWithAmbient(around, async () => {
    await Promise.resolve();
    return ambientRetry();
  });
  expect(seen).toBe(around);
  expect(ambientRetry()).toBeUndefined();
});

test("what an attempt began in the background sees it until it is over, and then the one around it", async () => {
  const outer = ambientIn();
  const inner = ambientIn(outer);
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const background = async () => [ambientRetry(), await over, ambientRetry()];
  await runWithAmbient(outer, async () => {
    let began: Promise<unknown> | undefined;
    await runWithAmbient(inner, () => {
      began = background();
    });
    end();
    expect(await began).toEqual([inner, undefined, outer]);
  });
});

test("another copy of the package sees it too", async () => {
  vi.resetModules();
  const copy = await import("./ambient-retry.ts");
  copy.prepareAmbient();
  expect(copy.ambientRetry).not.toBe(ambientRetry);
  const around = ambientIn();
  await runWithAmbient(around, () => expect(copy.ambientRetry()).toBe(around));
});
