import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TimeWindow } from "./time-window.ts";

const lengthMs = 1_000;
const buckets = 10;
const bucketMs = lengthMs / buckets;

const step = fc.record({
  waitMs: fc.oneof(fc.nat({ max: 150 }), fc.nat({ max: 5_000 })),
  failed: fc.boolean(),
  slow: fc.boolean(),
});

test("holds the calls of the buckets it covers, as a plain list with times would", () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e9 }), fc.array(step, { maxLength: 100 }), (startMs, steps) => {
      const window = new TimeWindow(lengthMs, buckets, true);
      const calls: { at: number; failed: boolean; slow: boolean }[] = [];
      let at = startMs;
      for (const { waitMs, failed, slow } of steps) {
        at += waitMs;
        calls.push({ at, failed, slow });
        window.record(failed, slow, at);
        const oldest = Math.floor(at / bucketMs) - buckets;
        const within = calls.filter((call) => Math.floor(call.at / bucketMs) > oldest);
        expect(window.counts(at)).toEqual({
          calls: within.length,
          failures: within.filter((call) => call.failed).length,
          slowCalls: within.filter((call) => call.slow).length,
        });
      }
    }),
  );
});

test("counts no slow calls unless told to, and is the smaller for it", () => {
  const window = new TimeWindow(lengthMs, buckets, false);
  window.record(true, true, 50);
  window.record(false, true, 150);
  expect(window.counts(150)).toEqual({ calls: 2, failures: 1, slowCalls: 0 });
  expect(window.save(150)).toEqual([bucketMs, 0, 1, 0, 0, bucketMs, 1, 1, 0]);
  expect(window.counts(1_050)).toEqual({ calls: 1, failures: 0, slowCalls: 0 });
});

describe("expiry", () => {
  test("a call is held for at least nine tenths of the window and never beyond it", () => {
    const window = new TimeWindow(lengthMs, buckets, true);
    window.record(true, false, 99);
    expect(window.counts(999).calls).toBe(1);
    expect(window.counts(1_000).calls).toBe(0);
  });

  test("a clock that steps back loses nothing", () => {
    const window = new TimeWindow(lengthMs, buckets, true);
    window.record(true, false, 5_000);
    window.record(true, false, 4_000);
    expect(window.counts(5_000)).toMatchObject({ calls: 2, failures: 2 });
  });
});

describe("save and load", () => {
  test("what was saved has aged by the time between", () => {
    const saving = new TimeWindow(lengthMs, buckets, true);
    saving.record(true, false, 10_000);
    saving.record(false, true, 10_500);
    const saved = JSON.parse(JSON.stringify(saving.save(10_500))) as number[];
    const later = (ageMs: number) => {
      const window = new TimeWindow(lengthMs, buckets, true);
      expect(window.load(saved, 77_000, ageMs)).toBe(true);
      return window.counts(77_000);
    };
    expect(later(0)).toEqual({ calls: 2, failures: 1, slowCalls: 1 });
    expect(later(600)).toEqual({ calls: 1, failures: 0, slowCalls: 1 });
    expect(later(3_600_000)).toEqual({ calls: 0, failures: 0, slowCalls: 0 });
  });

  test.each([
    [[50, 0, 1, 0, 0]], // buckets of another length
    [[100, 0, 1, 0]],
    [[100, 0, -1, 0, 0]],
    [[100, 0, Number.NaN, 0, 0]],
    [[]],
  ])("takes nothing of what it cannot have saved: %j", (saved) => {
    const window = new TimeWindow(lengthMs, buckets, true);
    expect(window.load(saved, 0, 0)).toBe(false);
    expect(window.counts(0).calls).toBe(0);
  });

  test("never holds more failures than calls", () => {
    const window = new TimeWindow(lengthMs, buckets, true);
    window.load([100, 0, 2, 9, 9], 0, 0);
    expect(window.counts(0)).toEqual({ calls: 2, failures: 2, slowCalls: 2 });
  });
});
