import { ExponentialBackoff, IterableBackoff, noJitterGenerator } from "cockatiel";
import { describe, expect, test } from "vitest";
import { type OpenTime, openTimeFrom } from "./open-time.ts";

const openTimes = (option: OpenTime, random = () => 0.5) => {
  const openMsOf = openTimeFrom(option, 60_000, random);
  return [1, 2, 3, 4, 5].map((openings) => openMsOf({ openings, error: undefined }));
};

describe("openMs", () => {
  test("a number is constant", () => {
    expect(openTimes(250)).toEqual([250, 250, 250, 250, 250]);
  });

  test("by default it doubles from five seconds to a minute", () => {
    expect(openTimes({})).toEqual([5_000, 10_000, 20_000, 40_000, 60_000]);
  });

  test("jitter spreads it over ± its share", () => {
    const backoff = { initialMs: 1_000, factor: 1, jitterRatio: 0.2 };
    expect(openTimes(backoff, () => 0)[0]).toBe(800);
    expect(openTimes(backoff, () => 0.5)[0]).toBe(1_000);
    expect(openTimes(backoff, () => 0.999_999)[0]).toBeCloseTo(1_200, 2);
  });

  test("a function is asked with the opening and its failure", () => {
    const error = new Error("down");
    const openMsOf = openTimeFrom(({ openings, error: cause }) => (cause === error ? openings * 7 : 0), 0, Math.random);
    expect(openMsOf({ openings: 3, error })).toBe(21);
  });

  test("cockatiel's back-offs are followed step by step", () => {
    expect(openTimes(new IterableBackoff([10, 20, 40]))).toEqual([10, 20, 40, 40, 40]);
    const exponential = new ExponentialBackoff({ generator: noJitterGenerator, initialDelay: 100, maxDelay: 500 });
    expect(openTimes(exponential)).toEqual([100, 200, 400, 500, 500]);
  });

  test("a server's hint lengthens it and never shortens it, up to the limit", () => {
    const openMsOf = openTimeFrom(1_000, 60_000, Math.random);
    const after = (retryAfterMs: number | undefined) => openMsOf({ openings: 1, error: undefined, retryAfterMs });
    expect([undefined, 10, 1_001, 60_000, 3_600_000].map(after)).toEqual([1_000, 1_000, 1_001, 60_000, 60_000]);
  });

  test("what no timer can wait is cut, what is no time is replaced", () => {
    expect(openTimes(() => Number.POSITIVE_INFINITY)[0]).toBe(2_147_483_647);
    expect(openTimes(() => Number.NaN)[0]).toBe(5_000);
    expect(openTimes(() => 0)[0]).toBe(0);
    const throwing = () => {
      throw new Error("broken");
    };
    expect(openTimes(throwing)[0]).toBe(5_000);
  });
});
