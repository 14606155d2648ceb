import fc from "fast-check";
import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

test("gives its burst at once, then one token per interval, to the millisecond", () => {
  const bucket = new TokenBucket(10, 3, 0);
  expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
  expect(bucket.take(99)).toBe(false);
  expect(bucket.take(100)).toBe(true);
  expect(bucket.take(100)).toBe(false);
});

test("never gives more than burst plus rate times time, whatever the arrivals", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }), (steps, perSecond, burst) => {
      const bucket = new TokenBucket(perSecond, burst, 0);
      let now = 0;
      let given = 0;
      for (const step of steps) {
        now += step;
        if (bucket.take(now)) given++;
      }
      expect(given).toBeLessThanOrEqual(burst + (perSecond * now) / 1_000 + 1e-6);
    }),
  );
});
