import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { flushAfterInvocation } from "./flush-after-invocation.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const context = (remainingMs: number) => ({ getRemainingTimeInMillis: () => remainingMs });

test("flushes before it answers, and passes event, context and result through", async () => {
  const order: string[] = [];
  const metrics = { flush: async () => void order.push("flushed") };
  const handler = flushAfterInvocation(
    metrics,
    async (event: number, { getRemainingTimeInMillis }: ReturnType<typeof context>) => {
      order.push("handled");
      return event + getRemainingTimeInMillis();
    },
  );
  await expect(handler(1, context(1_000))).resolves.toBe(1_001);
  expect(order).toEqual(["handled", "flushed"]);
});

test("flushes when the handler throws, and lets the error through", async () => {
  const flush = vi.fn(async () => {});
  const handler = flushAfterInvocation({ flush }, () => {
    throw new Error("mine");
  });
  await expect(handler(undefined, context(1_000))).rejects.toThrow("mine");
  expect(flush).toHaveBeenCalledOnce();
});

test("answers in time though the flush hangs", async () => {
  const handler = flushAfterInvocation({ flush: () => new Promise(() => {}) }, () => "answer", { marginMs: 100 });
  let answer: unknown;
  const done = handler(undefined, context(1_000)).then((value) => {
    answer = value;
  });
  await vi.advanceTimersByTimeAsync(899);
  expect(answer).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  await done;
  expect(answer).toBe("answer");
});
