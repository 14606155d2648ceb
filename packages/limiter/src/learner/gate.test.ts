import { expect, test } from "vitest";
import { Gate } from "./gate.ts";

function closed(random = 0): Gate {
  const gate = new Gate(() => random);
  gate.close("outage", 0, 7, 100, 300);
  return gate;
}

test("is open until it is closed, and then lets one probe through at a time", () => {
  const gate = new Gate(() => 0);
  expect(gate.closedFor).toBeUndefined();
  gate.close("outage", 1_000, 7, 100, 300);
  expect([gate.closedFor, gate.readyInMs(1_040)]).toEqual(["outage", 60]);
  expect(gate.admitProbe(1_099)).toBe(false);
  expect(gate.admitProbe(1_100)).toBe(true);
  expect(gate.admitProbe(1_100)).toBe(false);
});

test("waits twice as long after each probe that failed, up to the longest pause", () => {
  const gate = closed();
  for (const expected of [100, 200, 300, 300]) {
    expect(gate.readyInMs(0)).toBe(expected);
    expect(gate.admitProbe(expected)).toBe(true);
    gate.probeFailed(0);
  }
});

test("knows its probe from the calls sent before it closed", () => {
  const gate = new Gate(() => 0);
  expect(gate.probedBy(8)).toBeUndefined();
  gate.close("throttled", 0, 7, 100, 300);
  expect([gate.probedBy(7), gate.probedBy(8)]).toEqual([undefined, "throttled"]);
  gate.open();
  expect(gate.probedBy(8)).toBeUndefined();
});

test("lets another probe go at once when there is reason to, and after ten seconds when one is lost", () => {
  const gate = closed();
  gate.admitProbe(100);
  gate.probeNow(100);
  expect(gate.admitProbe(100)).toBe(true);
  expect(gate.readyInMs(5_100)).toBe(5_000);
  expect(gate.admitProbe(10_099)).toBe(false);
  expect(gate.admitProbe(10_100)).toBe(true);
});

test("makes each pause shorter by chance, by as much as a tenth", () => {
  const gate = closed(0.999999);
  expect(gate.readyInMs(0)).toBeCloseTo(90, 2);
  gate.probeFailed(0);
  expect(gate.readyInMs(0)).toBeCloseTo(180, 2);
});
