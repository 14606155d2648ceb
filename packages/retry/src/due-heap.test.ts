import fc from "fast-check";
import { expect, test } from "vitest";
import { DueHeap, type HeapEntry } from "./due-heap.ts";

const inOrder = (one: HeapEntry, other: HeapEntry) => one.dueAt - other.dueAt || one.order - other.order;
/** Adds one due at a moment, or takes out one of those that are in. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ dueAt: fc.integer({ min: 0, max: 1_000 }) }) },
  { weight: 3, arbitrary: fc.record({ remove: fc.nat() }) },
);

test("whatever is added and taken out, the first is the one that falls due first, of several the first added", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 300, size: "max" }), (steps) => {
      const heap = new DueHeap<HeapEntry>();
      const listed: HeapEntry[] = [];
      for (const given of steps) {
        if ("dueAt" in given) {
          const entry = { dueAt: given.dueAt, order: 0, listed: false };
          heap.add(entry);
          listed.push(entry);
        } else if (listed.length > 0) {
          const [entry] = listed.splice(given.remove % listed.length, 1);
          heap.remove(entry!);
          expect(entry?.listed).toBe(false);
        }
        expect(heap.first).toBe(listed.toSorted(inOrder)[0]);
      }
      for (const entry of listed.toSorted(inOrder)) {
        expect(heap.first).toBe(entry);
        heap.remove(entry);
      }
      expect(heap.first).toBeUndefined();
    }),
    { seed: 27 },
  );
});

test("ten thousand calls whose deadlines come in any order take steps in proportion to their logarithm", () => {
  let compared = 0;
  const heap = new DueHeap<HeapEntry>();
  const entries = Array.from({ length: 10_000 }, (_, index) => {
    const dueAt = (index * 7_919) % 10_007;
    return {
      order: 0,
      listed: false,
      get dueAt() {
        compared += 1;
        return dueAt;
      },
    };
  });
  for (const entry of entries) heap.add(entry);
  for (const entry of entries) heap.remove(entry);
  expect(compared).toBeLessThan(10_000 * 2 * 4 * Math.log2(10_000));
});

test("of what was taken out, no more is kept than there is in, and nothing once nothing is", () => {
  const heap = new DueHeap<HeapEntry>();
  const entries = Array.from({ length: 100 }, (_, dueAt) => ({ dueAt, order: 0, listed: false }));
  for (const entry of entries) heap.add(entry);
  for (const [index, entry] of entries.entries()) {
    heap.remove(entry); // from the front, as calls end
    expect(heap.size).toBeLessThanOrEqual(2 * (99 - index));
  }
  expect(heap.size).toBe(0);
});
