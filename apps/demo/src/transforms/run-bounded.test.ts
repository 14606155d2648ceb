import { expect, test } from "vitest";
import { OutOfTimeError, runBounded } from "./run-bounded.ts";

const spin = (ms: number) => () => {
  const end = performance.now() + ms;
  let rounds = 0;
  while (performance.now() < end) rounds += 1;
  return rounds > 0;
};
const endless = () => {
  for (;;);
};

test("gives what the work gives, and throws what it throws", () => {
  expect(runBounded(() => "done", 1_000)).toBe("done");
  expect(() =>
    runBounded(() => {
      throw new TypeError("its own");
    }, 1_000),
  ).toThrow(TypeError);
});

test("stops what never ends", () => {
  expect(() => runBounded(endless, 20)).toThrow("It takes longer than 20 ms");
});

test("gives work another chance that the machine gave no processor", () => {
  expect(runBounded(spin(30), 20, () => 0)).toBe(true);
});

test("but not for ever", () => {
  expect(() => runBounded(endless, 5, () => 0)).toThrow("It takes longer than 5 ms");
});

test("and none to work that had its time", () => {
  let runs = 0;
  const busy = () => {
    runs += 1;
    return endless();
  };
  expect(() => runBounded(busy, 20, () => 20 * runs)).toThrow(OutOfTimeError);
  expect(runs).toBe(1);
});
