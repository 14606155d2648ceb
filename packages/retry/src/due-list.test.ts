import { manualClock } from "@holdfast/errors/testing";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { type DueEntry, DueList } from "./due-list.ts";

function entry(expire: () => void): DueEntry {
  return { dueAt: 0, order: 0, listed: false, awaited: false, expire };
}

const step = fc.record({
  afterMs: fc.integer({ min: 0, max: 5 }),
  delayMs: fc.integer({ min: 0, max: 20 }),
  /** Taken off that long after it was put on, unless it has expired. */
  removedAfterMs: fc.option(fc.integer({ min: 0, max: 25 })),
});

test("each entry expires when it is due, unless taken off before, and no timer is left", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = manualClock();
      const due = new DueList(clock);
      const expired: [number, number][] = [];
      const expected: [number, number][] = [];
      for (const [index, { afterMs, delayMs, removedAfterMs }] of steps.entries()) {
        await clock.advance(afterMs);
        const added = entry(() => expired.push([clock.monotonic(), index]));
        const dueAt = clock.monotonic() + delayMs;
        due.add(added, delayMs);
        const isRemoved = removedAfterMs !== null && removedAfterMs + 0.5 < delayMs;
        if (removedAfterMs !== null)
          clock.setTimeout(() => expect(due.remove(added)).toBe(isRemoved), removedAfterMs + 0.5);
        if (!isRemoved) expected.push([dueAt, index]);
      }
      await clock.advance(100);
      expect(expired).toEqual(expected.toSorted(([at, first], [other, second]) => at - other || first - second));
      expect(clock.pending).toBe(0);
    }),
    { seed: 27 },
  );
});

test("an entry that is due sooner than all others has the one timer set anew", () => {
  const clock = manualClock();
  const due = new DueList(clock);
  due.add(entry(vi.fn()), 20);
  due.add(entry(vi.fn()), 10);
  expect(clock.pending).toBe(1);
});
