import fc from "fast-check";
import { expect, test } from "vitest";
import { Calendar } from "./calendar.ts";

test("runs what is due, once, in order of time and then of scheduling", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.nat(50), (times, now) => {
      const calendar = new Calendar();
      const ran: [number, number][] = [];
      for (const [index, at] of times.entries()) calendar.schedule(at, () => ran.push([at, index]));
      calendar.runDue(now);
      calendar.runDue(now);
      const due = times.map((at, index): [number, number] => [at, index]).filter(([at]) => at <= now);
      expect(ran).toEqual(due.sort(([one, first], [other, second]) => one - other || first - second));
    }),
  );
});

test("runs what a due action schedules for the same moment, and forgets what is done", () => {
  const calendar = new Calendar();
  let runs = 0;
  const again = () => {
    runs++;
    if (runs < 5_000) calendar.schedule(10, again);
  };
  calendar.schedule(10, again);
  calendar.runDue(9);
  expect(runs).toBe(0);
  calendar.runDue(10);
  expect(runs).toBe(5_000);
});
