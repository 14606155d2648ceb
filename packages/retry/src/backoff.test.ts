import { OptionError } from "@holdfast/errors";
import { silentLogger } from "@holdfast/errors/policy";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Backoff } from "./backoff.ts";
import { constant } from "./constant.ts";
import { decorrelated } from "./decorrelated.ts";
import { exponential } from "./exponential.ts";
import { jitteredLinear } from "./jittered-linear.ts";
import { linear } from "./linear.ts";
import { noWait } from "./no-wait.ts";
import { retry } from "./retry.ts";

/** The first pauses, with chance standing still. */
function pauses(backoff: Backoff, chance: number, { count = 5, throttling = false } = {}): number[] {
  const all: number[] = [];
  for (let retry = 1; retry <= count; retry++) {
    const previousMs = all.at(-1) ?? 0;
    all.push(backoff({ retry, previousMs, throttling, reason: { error: undefined }, random: () => chance }));
  }
  return all;
}
const almostOne = 1 - Number.EPSILON;

describe("exponential", () => {
  test("by default has the AWS SDK's numbers", () => {
    expect(pauses(exponential(), 0.5)).toEqual([25, 50, 100, 200, 400]);
    expect(pauses(exponential(), 0.5, { throttling: true, count: 7 })).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
  });

  test("grows by its factor up to its cap", () => {
    expect(pauses(exponential({ baseMs: 10, factor: 3, maxMs: 200, jitter: "none" }), 0)).toEqual([
      10, 30, 90, 200, 200,
    ]);
  });

  test("does not tell throttling apart if its base is given once", () => {
    expect(pauses(exponential({ baseMs: 8, jitter: "none" }), 0, { throttling: true })).toEqual([8, 16, 32, 64, 128]);
  });

  test("of nothing stays nothing, however long it grows", () => {
    const none = exponential({ baseMs: 0 });
    const far = { previousMs: 0, throttling: false, reason: { error: undefined }, random: () => 0.5 };
    expect([1, 1_000, 2_000].map((retry) => none({ ...far, retry }))).toEqual([0, 0, 0]);
  });

  test("spreads by ±10 % around 2, 4, 8, 16, 32 s", () => {
    const replicator = exponential({ baseMs: 2_000, maxMs: 32_000, jitter: 0.1 });
    expect(pauses(replicator, 0)).toEqual([1_800, 3_600, 7_200, 14_400, 28_800]);
    expect(pauses(replicator, 0.5)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000]);
    expect(pauses(replicator, almostOne).map((ms) => Math.round(ms / 10))).toEqual([220, 440, 880, 1_760, 3_520]);
  });

  test("with equal jitter waits at least half", () => {
    expect(pauses(exponential({ baseMs: 100, jitter: "equal" }), 0, { count: 2 })).toEqual([50, 100]);
    expect(pauses(exponential({ baseMs: 100, jitter: "equal" }), almostOne, { count: 2 })).toEqual([99, 199]);
  });
});

test("linear grows by its step up to its cap", () => {
  expect(pauses(linear({ stepMs: 100, maxMs: 350, jitter: "none" }), 0)).toEqual([100, 200, 300, 350, 350]);
  expect(pauses(jitteredLinear(), 0.5)).toEqual([50, 100, 150, 200, 250]);
});

test("constant stays", () => {
  expect(pauses(constant({ delayMs: 70 }), 0.9, { count: 2 })).toEqual([70, 70]);
  expect(pauses(constant({ delayMs: 70, jitter: "full" }), 0.5, { count: 2 })).toEqual([35, 35]);
});

test("decorrelated draws between its base and three times the pause before", () => {
  expect(pauses(decorrelated({ baseMs: 10, maxMs: 1_000 }), 0)).toEqual([10, 10, 10, 10, 10]);
  expect(pauses(decorrelated({ baseMs: 10, maxMs: 100 }), almostOne)).toEqual([29, 86, 100, 100, 100]);
});

test("every pause of every back-off lies between 0 and its cap, whatever chance says", () => {
  const jitter = fc.oneof(
    fc.constantFrom("none" as const, "full" as const, "equal" as const),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const baseMs = fc.integer({ min: 0, max: 5_000 });
  fc.assert(
    fc.property(jitter, chance, baseMs, fc.integer({ min: 0, max: 50_000 }), (spread, drawn, base, beyond) => {
      const maxMs = base + beyond;
      const spreadMost = typeof spread === "number" ? 1 + spread : 1;
      for (const backoff of [
        exponential({ baseMs: base, maxMs, jitter: spread }),
        linear({ stepMs: base, maxMs, jitter: spread }),
      ]) {
        for (const ms of pauses(backoff, drawn, { count: 40 })) {
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(maxMs * spreadMost);
        }
      }
      for (const ms of pauses(decorrelated({ baseMs: base, maxMs }), drawn)) expect(ms).toBeLessThanOrEqual(maxMs);
    }),
  );
});

test.each([
  () => exponential({ baseMs: -1 }),
  () => exponential({ factor: 0.5 }),
  () => exponential({ jitter: 2 }),
  () => exponential({ jitter: "some" as never }),
  () => exponential({ maxMs: Number.POSITIVE_INFINITY }),
  () => exponential({ baseMs: 100, maxMs: 10 }),
  () => exponential({ baseMs: 30_000 }),
  () => exponential({ throttlingBaseMs: 100, maxMs: 99 }),
  () => decorrelated({ baseMs: 100, maxMs: 10 }),
  () => linear({ stepMs: Number.NaN }),
  () => constant({ delayMs: -1 }),
  () => decorrelated({ factor: 0 }),
  () => jitteredLinear({ stepMs: -1 }),
])("options out of range are refused: %s", (make) => {
  expect(make).toThrow(OptionError);
});

test.each<readonly [string, () => unknown]>([
  ["exponential()", () => exponential({ base: 5 } as never)],
  ["linear()", () => linear({ step: 5 } as never)],
  ["jitteredLinear()", () => jitteredLinear({ jitter: "none" } as never)],
  ["decorrelated()", () => decorrelated({ baseMS: 5 } as never)],
  ["constant()", () => constant({ delayMs: 5, jiter: "none" } as never)],
  ["constant()", () => constant(5 as never)],
])("%s refuses what it has no option for", (of, make) => {
  expect(make).toThrow(`the options of ${of}`);
});

test.each([exponential, linear, jitteredLinear, decorrelated, constant])(
  "%o given for a back-off without being called is told, and makes nobody wait",
  async (backoff) => {
    const quick = noWait();
    const warn = vi.fn();
    const policy = retry({
      ...quick,
      backoff: backoff as never,
      retryIf: () => true,
      logger: { ...silentLogger, warn },
    });
    await expect(policy.execute(() => Promise.reject(new Error("down")))).rejects.toThrow("down");
    expect(warn.mock.calls[0]?.[1].error).toMatchObject({ message: expect.stringContaining("the options of ") });
    expect(quick.clock.waits).toEqual([]);
  },
);

test("what is no back-off is refused, and says what is one", () => {
  for (const backoff of ["exponential", { baseMs: 5 }, new Date()]) {
    expect(() => retry({ backoff: backoff as never })).toThrow(
      "Expected `backoff` to be milliseconds, or as exponential() gives, got ",
    );
  }
});

test("jitteredLinear has its own step where none is given", () => {
  const context = { retry: 1, random: () => 0.5 } as never;
  expect(jitteredLinear({ stepMs: undefined })(context)).toBe(50);
});
