import fc from "fast-check";
import { expect, test } from "vitest";
import { joinMeasurements } from "./join-points.ts";
import { relativeError } from "./log-bins.ts";
import { type HistogramData, LogHistogram } from "./log-histogram.ts";

function percentileOf({ values, counts, count }: HistogramData, ratio: number): number {
  let rank = Math.ceil(ratio * count);
  const at = counts.findIndex((times) => {
    rank -= times;
    return rank <= 0;
  });
  return values[at]!;
}

const sample = fc.double({ min: 1e-6, max: 1e9, noNaN: true });

test("keeps every percentile within 2 % of the exact one, and count, sum and extremes exactly", () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 300 }), (samples) => {
      const histogram = new LogHistogram();
      for (const value of samples) histogram.record(value);
      const data = histogram.take();
      const sorted = samples.toSorted((a, b) => a - b);
      expect(data.count).toBe(samples.length);
      expect(data.sum / samples.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
      expect([data.min, data.max]).toEqual([sorted[0], sorted.at(-1)]);
      for (const ratio of [0.01, 0.5, 0.9, 0.99, 1]) {
        const exact = sorted[Math.ceil(ratio * sorted.length) - 1]!;
        expect(Math.abs(percentileOf(data, ratio) - exact)).toBeLessThanOrEqual(exact * (relativeError + 0.001));
      }
    }),
  );
});

test("joins as if everything had been recorded in one", () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1 }), fc.array(sample, { minLength: 1 }), (left, right) => {
      const [a, b, both] = [new LogHistogram(), new LogHistogram(), new LogHistogram()];
      for (const value of left) a.record(value);
      for (const value of right) b.record(value);
      for (const value of [...left, ...right]) both.record(value);
      const joined = joinMeasurements([a, b].map((each) => ({ kind: "histogram", histogram: each.take() })));
      const [expected, actual] = [both.take(), (joined as { readonly histogram: HistogramData }).histogram];
      expect(actual.counts).toEqual(expected.counts);
      expect([actual.count, actual.min, actual.max]).toEqual([expected.count, expected.min, expected.max]);
      expect(actual.sum / expected.sum).toBeCloseTo(1, 12);
    }),
  );
});

test("takes zero and negative values, in ascending order", () => {
  const histogram = new LogHistogram();
  for (const value of [5, -5, 0, -100, 0]) histogram.record(value);
  const { values, counts } = histogram.take();
  expect(values).toEqual([-100, expect.closeTo(-5, 0), 0, 5]);
  expect(counts).toEqual([1, 1, 2, 1]);
});

test("is empty after a take", () => {
  const histogram = new LogHistogram();
  histogram.record(7);
  expect(histogram.take().values).toEqual([7]);
  expect(histogram.take()).toMatchObject({ count: 0, sum: 0, values: [] });
});

test("keeps a bounded number of bins, joining the lowest", () => {
  const histogram = new LogHistogram();
  for (let power = -300; power <= 100; power++) histogram.record(10 ** power);
  const { values, count, max } = histogram.take();
  expect(count).toBe(401);
  expect(values.length).toBeLessThanOrEqual(1_024);
  expect(max).toBe(1e100);
  expect(values.at(-2)! / 1e99).toBeCloseTo(1, 1);
});

test("moves its window up and down without losing a count", () => {
  const histogram = new LogHistogram();
  for (const value of [1, 1e6, 1e-6, 3, 1e12]) histogram.record(value);
  expect(histogram.take().counts).toEqual([1, 1, 1, 1, 1]);
});
