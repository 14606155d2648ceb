import { expect, test, vi } from "vitest";
import { beginCall, executeOf, untilAborted } from "./begin-call.ts";
import type { CallContext } from "./call-context.ts";

const stop = new Error("stop");
const never = () => new Promise<never>(() => {});

test("an aborted signal refuses the call before it starts, with its reason", async () => {
  const run = vi.fn();
  await expect(beginCall(run, { signal: AbortSignal.abort(stop) })).rejects.toBe(stop);
  expect(run).not.toHaveBeenCalled();
});

test("an abort rejects at once with its reason, though the function takes no notice", async () => {
  const controller = new AbortController();
  const result = beginCall(never, { signal: controller.signal });
  controller.abort(stop);
  await expect(result).rejects.toBe(stop);
});

test("a function that throws rejects the call; a value and a thenable fulfil it", async () => {
  const fail = () => {
    throw stop;
  };
  await expect(beginCall(fail)).rejects.toBe(stop);
  await expect(beginCall(fail, { signal: new AbortController().signal })).rejects.toBe(stop);
  await expect(beginCall(() => 1)).resolves.toBe(1);
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
  await expect(beginCall(() => ({ then: (resolve: (value: number) => void) => resolve(2) }) as never)).resolves.toBe(2);
});

test("a call that settles leaves no listener on the caller's signal", async () => {
  const { signal } = new AbortController();
  const add = vi.spyOn(signal, "addEventListener");
  const remove = vi.spyOn(signal, "removeEventListener");
  await beginCall((context) => context.cancellable().signal.aborted, { signal });
  await expect(beginCall(() => Promise.reject(stop), { signal })).rejects.toBe(stop);
  expect(remove.mock.calls.length).toBe(add.mock.calls.length);
});

test("what an abandoned function rejects with later is no unhandled rejection", async () => {
  const controller = new AbortController();
  let reject: (error: unknown) => void = () => {};
  const result = beginCall(() => new Promise((_, fail) => (reject = fail)), { signal: controller.signal });
  controller.abort(stop);
  await expect(result).rejects.toBe(stop);
  reject(new Error("late"));
  await new Promise((resolve) => setImmediate(resolve));
});

test("executeOf makes a spreadable context only for a call with two arguments, as cockatiel's wrap makes it", async () => {
  const execute = executeOf({ executeWithin: async (context, next) => next(context) });
  const keys = (context: CallContext) => Object.keys(context);
  await expect(execute(keys)).resolves.toEqual([]);
  await expect(execute(keys, undefined)).resolves.toEqual(["signal"]);
  await expect(execute(keys, new AbortController().signal)).resolves.toEqual(["signal"]);
});

test("untilAborted passes on what comes first", async () => {
  const controller = new AbortController();
  await expect(untilAborted(Promise.resolve(1), controller.signal)).resolves.toBe(1);
  const result = untilAborted(never(), controller.signal);
  controller.abort(stop);
  await expect(result).rejects.toBe(stop);
  await expect(untilAborted(never(), controller.signal)).rejects.toBe(stop);
});
