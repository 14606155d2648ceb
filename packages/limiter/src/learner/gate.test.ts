import { expect, test } from "vitest";
import { Gate } from "./gate.ts";

const pauses = { firstMs: 100, factor: 2, maxMs: 300, spread: 0.1 };

test("is open until it is closed, and then lets one probe through at a time", () => {
  const gate = new Gate(() => 0);
  expect([gate.closed, gate.closedFor, gate.readyInMs(0)]).toEqual([false, undefined, 0]);
  gate.close("outage", 1_000, 7, pauses);
  expect([gate.closed, gate.closedFor, gate.readyInMs(1_040)]).toEqual([true, "outage", 60]);
  expect(gate.admitProbe(1_099)).toBe(false);
  expect(gate.admitProbe(1_100)).toBe(true);
  expect(gate.admitProbe(1_100)).toBe(false);
});

test("waits longer after each probe that failed, up to the longest pause", () => {
  const gate = new Gate(() => 0);
  gate.close("outage", 0, 7, pauses);
  const waits = [100, 200, 300, 300].map((expected) => {
    const wait = gate.readyInMs(0);
    expect(gate.admitProbe(wait)).toBe(true);
    gate.probeFailed(0);
    return [wait, expected];
  });
  for (const [wait, expected] of waits) expect(wait).toBe(expected);
});

test("knows its probe from the calls sent before it closed", () => {
  const gate = new Gate(() => 0);
  expect(gate.isProbe(8)).toBe(false);
  gate.close("throttled", 0, 7, pauses);
  expect([gate.isProbe(7), gate.isProbe(8)]).toEqual([false, true]);
  gate.open();
  expect(gate.isProbe(8)).toBe(false);
});

test("lets another probe go at once when one was never sent, and after ten seconds when one is lost", () => {
  const gate = new Gate(() => 0);
  gate.close("outage", 0, 7, pauses);
  gate.admitProbe(100);
  gate.probeUnsent();
  expect(gate.admitProbe(100)).toBe(true);
  expect(gate.readyInMs(5_100)).toBe(5_000);
  expect(gate.admitProbe(10_099)).toBe(false);
  expect(gate.admitProbe(10_100)).toBe(true);
});

test("makes each pause shorter by chance, by as much as it may", () => {
  const gate = new Gate(() => 0.999999);
  gate.close("outage", 0, 7, pauses);
  expect(gate.readyInMs(0)).toBeCloseTo(90, 2);
  gate.probeFailed(0);
  expect(gate.readyInMs(0)).toBeCloseTo(180, 2);
});
