import { expect, test } from "vitest";
import { Pace } from "./pace.ts";

test("gives permission at the rate, not a moment sooner", () => {
  const pace = new Pace(50);
  pace.restart(0);
  expect(pace.readyInMs(0, 100)).toBe(10);
  expect(pace.take(9.9, 100)).toBe(false);
  expect(pace.take(10, 100)).toBe(true);
  expect(pace.take(10, 100)).toBe(false);
  expect(pace.readyInMs(12, 100)).toBeCloseTo(8);
});

test("makes up for a timer that came late, by no more than it may", () => {
  const pace = new Pace(50);
  pace.restart(0);
  let taken = 0;
  while (pace.take(43, 100)) taken += 1;
  expect(taken).toBe(4);
  while (pace.take(10_043, 100)) taken += 1;
  expect(taken).toBe(4 + 6); // one, and those of 50 ms
});

test("holds nothing back while no rate is known", () => {
  const pace = new Pace(50);
  expect(pace.take(0, Number.POSITIVE_INFINITY)).toBe(true);
  expect(pace.readyInMs(0, Number.POSITIVE_INFINITY)).toBe(0);
});
