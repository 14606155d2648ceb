import { compose, OptionError } from "@holdfast/errors";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { fallback } from "./fallback.ts";
import { retry } from "./retry.ts";

const failed = new Error("failed");
const fail = () => Promise.reject(failed);

describe("fallback", () => {
  test("answers with what it makes of the error", async () => {
    const policy = fallback({ to: (error) => `instead of: ${(error as Error).message}` });
    await expect(policy.execute(fail)).resolves.toBe("instead of: failed");
    await expect(policy.execute(() => "value")).resolves.toBe("value");
    expectTypeOf(policy.execute(() => 1)).resolves.toEqualTypeOf<string | number>();
  });

  test("leaves what it is not for alone", async () => {
    const to = vi.fn(() => "else");
    await expect(fallback({ to, when: (error) => error !== failed }).execute(fail)).rejects.toBe(failed);
    expect(to).not.toHaveBeenCalled();
  });

  test("does not answer for a caller who gave up", async () => {
    const to = vi.fn(() => "else");
    const controller = new AbortController();
    const call = fallback({ to }).execute(
      ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(failed))),
      controller.signal,
    );
    controller.abort("stop");
    await expect(call).rejects.toBe("stop");
    await new Promise((resolve) => setImmediate(resolve));
    expect(to).not.toHaveBeenCalled();
  });

  test("rejects with its own error, untouched, if it has none to give; the first is told of, or its cause", async () => {
    const worse = new Error("worse");
    const policy = fallback({ to: () => Promise.reject(worse) });
    const told: unknown[] = [];
    policy.onFallback(({ error }) => told.push(error));
    await expect(policy.execute(fail)).rejects.toBe(worse);
    expect(worse).not.toHaveProperty("cause");
    expect(told).toEqual([failed]);
    const keeping = fallback({ to: (cause) => Promise.reject(new Error("worse", { cause })) });
    await expect(keeping.execute(fail)).rejects.toMatchObject({ message: "worse", cause: failed });
  });

  test("tells of both", async () => {
    const policy = fallback({ to: () => "else" });
    const events: unknown[] = [];
    policy.onSuccess(() => events.push("success"));
    policy.onFailure(({ handled, reason }) => events.push([handled, reason]));
    policy.onFallback(({ error }) => events.push(["fallback", error]));
    await policy.execute(() => 1);
    await policy.execute(fail);
    expect(events).toEqual(["success", [true, { error: failed }], ["fallback", failed]]);
  });

  test("around a retry gets the last error", async () => {
    const policy = compose(fallback({ to: (error) => error }), retry({ backoff: 0, retryIf: () => true }));
    const errors = [1, 2, 3];
    await expect(policy.execute(() => Promise.reject(errors.shift()))).resolves.toBe(3);
  });
});

test("refuses to be without an answer", () => {
  expect(() => fallback({} as never)).toThrow(OptionError);
  expect(() => fallback({ to: () => 1, if: () => true } as never)).toThrow("`if` to be left out");
});
