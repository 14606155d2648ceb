import { afterEach, expect, test, vi } from "vitest";
import { Emitter } from "./event.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a listener hears each event until it is disposed of", () => {
  const emitter = new Emitter<number>();
  const heard: number[] = [];
  const listener = emitter.event((data) => heard.push(data));
  emitter.emit(1);
  listener.dispose();
  listener.dispose();
  emitter.emit(2);
  expect([heard, emitter.active]).toEqual([[1], false]);
});

test("the same listener twice hears twice, and is disposed of once each", () => {
  const emitter = new Emitter<number>();
  const listener = vi.fn();
  const first = emitter.event(listener);
  emitter.event(listener);
  first.dispose();
  emitter.emit(1);
  expect(listener).toHaveBeenCalledTimes(1);
});

test("a listener that throws, or rejects, breaks neither the call nor the others, and is reported once", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const emitter = new Emitter<number>();
  const heard = vi.fn();
  emitter.event(() => {
    throw new Error("listener");
  });
  emitter.event(async () => {
    throw new Error("async listener");
  });
  emitter.event(heard);
  emitter.emit(1);
  emitter.emit(2);
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toHaveBeenCalledTimes(2);
  expect(warn).toHaveBeenCalledTimes(1);
});
