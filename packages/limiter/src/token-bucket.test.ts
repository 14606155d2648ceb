import { expect, test } from "vitest";
import type { Wish } from "./limit.ts";
import { TokenBucket } from "./token-bucket.ts";

const tokens = (cost: number): Wish => ({ priority: 0, cost });

test("is full at first, then gives out what comes in, not a moment sooner", () => {
  const bucket = new TokenBucket(0, 100, 2);
  expect(bucket.take(0, tokens(2))).toBe(true);
  expect(bucket.readyInMs(0, tokens(1))).toBe(10);
  expect(bucket.take(9.9, tokens(1))).toBe(false);
  expect(bucket.take(10, tokens(1))).toBe(true);
  expect(bucket.take(10, tokens(1))).toBe(false);
  expect(bucket.readyInMs(12, tokens(1))).toBeCloseTo(8);
});

test("keeps no more than the burst, whatever came in or was given back", () => {
  const bucket = new TokenBucket(0, 100, 6);
  bucket.giveBack(tokens(50));
  let taken = 0;
  while (bucket.take(10_000, tokens(1))) taken += 1;
  expect(taken).toBe(6);
});

test("is not deceived by the rounding of sums", () => {
  const bucket = new TokenBucket(0, 10, 1);
  bucket.empty(0);
  for (let now = 1; now < 100; now += 1) expect(bucket.take(now, tokens(1))).toBe(false);
  expect(bucket.take(100, tokens(1))).toBe(true);
});

test("changes its rate from now on, not for the time before", () => {
  const bucket = new TokenBucket(0, 100, 10);
  bucket.empty(0);
  bucket.change(20, 1_000, 10);
  expect(bucket.readyInMs(20, tokens(3))).toBeCloseTo(1);
});
