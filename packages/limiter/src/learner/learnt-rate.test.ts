import { describe, expect, test } from "vitest";
import { LearntRate, type RateChange } from "./learnt-rate.ts";
import { throttlesPerSecond } from "./throttle-target.ts";

function learnt(perSecond: number) {
  const changes: [perSecond: number, reason: RateChange][] = [];
  const rate = new LearntRate((...change) => changes.push(change));
  rate.learn(perSecond);
  return { rate, changes };
}

/** Grows every 10 ms, as calls that wait would make it. */
function wait(rate: LearntRate, fromMs: number, toMs: number): number {
  for (let now = fromMs + 10; now <= toMs; now += 10) rate.grow(now, true);
  return rate.perSecond!;
}

test("is unknown until it is learnt", () => {
  const rate = new LearntRate();
  expect(rate.perSecond).toBeUndefined();
  rate.grow(1_000, true);
  rate.learn(100);
  expect(rate.perSecond).toBe(100);
});

test("grows only while calls wait, the faster the longer none is throttled", () => {
  const { rate } = learnt(100);
  for (const _ of Array.from({ length: 5 })) rate.cut(Number.POSITIVE_INFINITY); // the head start is used up
  const start = rate.perSecond!;
  rate.grow(5_000, false);
  expect(rate.perSecond).toBe(start);
  const [first, second] = [wait(rate, 5_000, 5_500), wait(rate, 5_500, 6_000)];
  expect(first / start).toBeGreaterThan(1.05);
  expect(second / first).toBeGreaterThan(first / start);
});

test("does not leap after time in which nothing was sent", () => {
  const { rate } = learnt(100);
  rate.grow(3_600_000, true);
  expect(rate.perSecond).toBeLessThan(130);
});

test("a throttle takes a little off, a bound more, but never more than two fifths at once", () => {
  const { rate } = learnt(100);
  rate.cut(Number.POSITIVE_INFINITY);
  expect(rate.perSecond).toBeCloseTo(87);
  rate.cut(70);
  expect(rate.perSecond).toBeCloseTo(70);
  rate.cut(5);
  expect(rate.perSecond).toBeCloseTo(42);
});

test("never falls to nothing", () => {
  const { rate } = learnt(1);
  for (let index = 0; index < 100; index += 1) rate.cut(0);
  expect(rate.perSecond).toBe(0.1);
});

test("tells of what it learns, of cuts, and of growth by a tenth", () => {
  const { rate, changes } = learnt(100);
  rate.cut(Number.POSITIVE_INFINITY);
  wait(rate, 0, 1_000);
  expect(changes.slice(0, 2).map(([, reason]) => reason)).toEqual(["learnt", "throttled"]);
  const grown = changes.slice(2);
  expect(grown.length).toBeGreaterThan(1);
  for (const [index, [perSecond]] of grown.entries()) {
    expect(perSecond / changes[index + 1]![0]).toBeGreaterThanOrEqual(1.1);
  }
});

describe("the throttles it aims for", () => {
  const ratio = (perSecond: number) => throttlesPerSecond(perSecond) / perSecond;

  test("are a larger share of a slower client's calls, at every rate: which makes unequal clients equal", () => {
    const rates = [5, 10, 20, 35, 50, 75, 100, 150, 200, 400, 800, 3_000];
    for (const [index, perSecond] of rates.slice(1).entries()) {
      expect(ratio(perSecond)).toBeLessThan(ratio(rates[index]!));
    }
  });

  test("stay few: at most 3 % of calls at 150 a second and more, and 20 % at 20", () => {
    expect(ratio(150)).toBeLessThanOrEqual(0.03);
    expect(ratio(20)).toBeLessThanOrEqual(0.2);
    expect(ratio(10)).toBeLessThanOrEqual(0.3);
    expect(throttlesPerSecond(0.1)).toBe(1); // but never fewer than one a second
  });
});
