import fc from "fast-check";
import { expect, test } from "vitest";
import { EmptyMoments } from "./empty-moments.ts";

test("knows nothing from one moment", () => {
  const moments = new EmptyMoments();
  expect(moments.upperBound(1_000, 50, 1, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  moments.add(1_000, 50);
  expect(moments.upperBound(1_000, 50, 1, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
});

test("bounds the rate by what was accepted between two moments, and one more", () => {
  const moments = new EmptyMoments();
  moments.add(1_000, 50);
  expect(moments.upperBound(1_500, 69, 10, Number.POSITIVE_INFINITY)).toBe(40);
  expect(moments.upperBound(1_500, 69, 20, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(moments.upperBound(1_500, 69, 10, 499)).toBe(Number.POSITIVE_INFINITY);
});

test("is never below the rate of a token bucket, whatever is asked of it and when", () => {
  const gapsMs = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 20, maxLength: 200 });
  fc.assert(
    fc.property(
      gapsMs,
      fc.integer({ min: 10, max: 500 }),
      fc.integer({ min: 1, max: 20 }),
      (gaps, perSecond, burst) => {
        const moments = new EmptyMoments();
        let [tokens, now, accepted, full] = [burst, 0, 0, false];
        for (const gap of gaps) {
          now += gap;
          tokens += (gap * perSecond) / 1_000;
          full ||= tokens > burst; // what overflows is lost, and the bound no longer one
          if (full) return;
          if (tokens >= 1) {
            tokens -= 1;
            accepted += 1;
            continue;
          }
          expect(moments.upperBound(now, accepted, 1, Number.POSITIVE_INFINITY)).toBeGreaterThan(perSecond - 1e-6);
          moments.add(now, accepted);
        }
      },
    ),
  );
});
