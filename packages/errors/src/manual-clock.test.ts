import { expect, test } from "vitest";
import { manualClock } from "./testing.ts";

test("stands still until told, and then fires what falls due, in order", async () => {
  const clock = manualClock(1_000);
  const fired: string[] = [];
  clock.setTimeout(() => fired.push(`second at ${clock.now()}`), 20);
  clock.setTimeout(() => fired.push(`first at ${clock.now()}`), 10);
  clock.clearTimeout(clock.setTimeout(() => fired.push("never"), 10));
  await clock.advance(9);
  expect([fired, clock.pending]).toEqual([[], 2]);
  await clock.advance(11);
  expect(fired).toEqual(["first at 1010", "second at 1020"]);
  expect([clock.now(), clock.monotonic(), clock.pending]).toEqual([1_020, 20, 0]);
});

test("the promises that a timer settles are through before the next timer fires", async () => {
  const clock = manualClock();
  const order: string[] = [];
  const first = new Promise<void>((resolve) => clock.setTimeout(resolve, 1));
  void first.then(() => Promise.resolve()).then(() => order.push("its promises"));
  clock.setTimeout(() => order.push("the next timer"), 1);
  await clock.advance(1);
  expect(order).toEqual(["its promises", "the next timer"]);
});

test("a jump of the wall clock moves no timer and no monotonic time", async () => {
  const clock = manualClock(1_000);
  let fired = false;
  clock.setTimeout(() => {
    fired = true;
  }, 10);
  clock.jump(3_600_000);
  expect([clock.now(), clock.monotonic(), fired]).toEqual([3_601_000, 0, false]);
  clock.jump(-3_600_500);
  await clock.advance(10);
  expect([clock.now(), fired]).toEqual([510, true]);
});
