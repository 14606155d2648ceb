import fc from "fast-check";
import { expect, test } from "vitest";
import { CountWindow } from "./count-window.ts";

const outcome = fc.record({ failed: fc.boolean(), slow: fc.boolean() });

test("holds exactly the last calls, as a plain list of them would", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.array(outcome, { maxLength: 300 }), (size, outcomes) => {
      const window = new CountWindow(size);
      for (const { failed, slow } of outcomes) window.record(failed, slow);
      const last = outcomes.slice(-size);
      expect(window.counts()).toEqual({
        calls: last.length,
        failures: last.filter(({ failed }) => failed).length,
        slowCalls: last.filter(({ slow }) => slow).length,
      });
    }),
  );
});

test("goes on from what it saved, even in a window of another size", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(outcome, { maxLength: 100 }),
      fc.array(outcome, { maxLength: 100 }),
      (size, nextSize, before, after) => {
        const saving = new CountWindow(size);
        for (const { failed, slow } of before) saving.record(failed, slow);
        const restored = new CountWindow(nextSize);
        expect(restored.load(JSON.parse(JSON.stringify(saving.save())))).toBe(true);
        const straight = new CountWindow(nextSize);
        for (const { failed, slow } of before.slice(-size)) straight.record(failed, slow);
        for (const { failed, slow } of after) {
          restored.record(failed, slow);
          straight.record(failed, slow);
          expect(restored.counts()).toEqual(straight.counts());
        }
      },
    ),
  );
});

test("takes nothing of what it cannot have saved", () => {
  const window = new CountWindow(10);
  expect(window.load([0, 1, 7])).toBe(false);
  expect(window.counts().calls).toBe(0);
});
