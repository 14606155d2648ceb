import { describe, expect, test, vi } from "vitest";
import { beginCall, executeOf, untilAborted } from "./begin-call.ts";
import type { CallContext } from "./call-context.ts";
import type { ComposablePolicy } from "./policy.ts";

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

test("no signal may also be null, as for fetch", async () => {
  await expect(beginCall(() => 1, { signal: null as never })).resolves.toBe(1);
  const execute = executeOf({ executeWithin: async (context, next) => next(context) });
  await expect(execute(() => 1, null as never)).resolves.toBe(1);
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

describe("listeners on a caller's signal", () => {
  const watched = () => {
    const controller = new AbortController();
    const add = vi.spyOn(controller.signal, "addEventListener");
    const remove = vi.spyOn(controller.signal, "removeEventListener");
    return { controller, signal: controller.signal, listeners: () => add.mock.calls.length - remove.mock.calls.length };
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test("are one for all its calls, and none once the event loop has turned", async () => {
    const { signal, listeners } = watched();
    const settle: (() => void)[] = [];
    const pending = Array.from({ length: 3 }, () =>
      beginCall<void>(() => new Promise((r) => settle.push(r)), { signal }),
    );
    await expect(beginCall(() => Promise.reject(stop), { signal })).rejects.toBe(stop);
    expect(listeners()).toBe(1);
    await turn();
    expect(listeners()).toBe(1);
    for (const done of settle) done();
    await Promise.all(pending);
    await turn();
    expect(listeners()).toBe(0);
    await beginCall((context) => context.cancellable().signal.aborted, { signal });
    await turn();
    expect(listeners()).toBe(0);
  });

  test("are gone at once when calls of another signal follow", async () => {
    const [one, other] = [watched(), watched()];
    await beginCall(() => 1, one);
    await beginCall(() => 1, other);
    expect([one.listeners(), other.listeners()]).toEqual([0, 1]);
    await turn();
    expect(other.listeners()).toBe(0);
  });

  test("stay while a call of another signal is begun", async () => {
    const [one, other] = [watched(), watched()];
    const hung = beginCall(() => new Promise(() => {}), one);
    await beginCall(() => 1, other);
    await turn();
    one.controller.abort(stop);
    await expect(hung).rejects.toBe(stop);
  });

  test("tell the other calls though a policy's own listener throws, and let that surface", async () => {
    const { controller, signal } = watched();
    const later = vi.spyOn(globalThis, "queueMicrotask").mockImplementation(() => {});
    const throwing = beginCall(
      (context) =>
        new Promise(() => {
          context.onAbort(() => {
            throw new Error("listener");
          });
        }),
      { signal },
    );
    const hung = beginCall(() => new Promise(() => {}), { signal });
    controller.abort(stop);
    await expect(throwing).rejects.toBe(stop);
    await expect(hung).rejects.toBe(stop);
    expect(later.mock.calls[0]?.[0]).toThrow("listener");
    later.mockRestore();
  });

  test("tell every call of an abort, and calls begun on another signal nothing", async () => {
    const [one, other] = [watched(), watched()];
    const hung = Array.from({ length: 3 }, () => beginCall(() => new Promise(() => {}), one));
    const heard = vi.fn();
    const going = beginCall(
      (context) =>
        new Promise((resolve) => {
          context.onAbort(heard);
          setImmediate(resolve, 1);
        }),
      other,
    );
    one.controller.abort(stop);
    expect((await Promise.allSettled(hung)).map((call) => call.status === "rejected" && call.reason)).toEqual([
      stop,
      stop,
      stop,
    ]);
    await expect(going).resolves.toBe(1);
    expect(heard).not.toHaveBeenCalled();
    await expect(beginCall(() => 1, one)).rejects.toBe(stop);
  });
});

test("a function that declares no parameter costs no signal, and has one if it looks all the same", async () => {
  const { signal } = new AbortController();
  const derive: ComposablePolicy["executeWithin"] = async (context, next) => next(context.cancellable());
  const execute = executeOf({ executeWithin: derive });
  const made = vi.spyOn(globalThis, "AbortController");
  await execute(() => 1, signal);
  expect(made).not.toHaveBeenCalled();
  await expect(execute((...given: { signal: AbortSignal }[]) => given[0]?.signal.aborted, signal)).resolves.toBe(false);
  await expect(execute((context) => Object.keys(context), signal)).resolves.toContain("signal");
  expect(made).toHaveBeenCalledTimes(2);
  made.mockRestore();
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

test("untilAborted leaves no rejection unhandled where the caller has left already", async () => {
  const failed = Promise.reject(new Error("nobody's business"));
  await expect(untilAborted(failed, AbortSignal.abort(stop))).rejects.toBe(stop);
  await new Promise((resolve) => setImmediate(resolve));
});

test("untilAborted passes on what comes first", async () => {
  const controller = new AbortController();
  await expect(untilAborted(Promise.resolve(1), controller.signal)).resolves.toBe(1);
  const result = untilAborted(never(), controller.signal);
  controller.abort(stop);
  await expect(result).rejects.toBe(stop);
  await expect(untilAborted(never(), controller.signal)).rejects.toBe(stop);
});

describe("what is no function to run", () => {
  const direct: ComposablePolicy["executeWithin"] = async (context, next) => next(context);
  const executes = {
    "alone, with one argument": (fn: never) => executeOf({ executeWithin: direct })(fn),
    "alone, with a signal": (fn: never) => executeOf({ executeWithin: direct })(fn, new AbortController().signal),
    "in a call of its own": (fn: never) => beginCall(fn),
  };

  test.each(Object.entries(executes))("is refused %s", async (_, execute) => {
    const expected = "Expected `fn` to be the function that makes the call, as in `() => client.send(command)`, got ";
    await expect(execute(Promise.resolve(1) as never)).rejects.toThrow(`${expected}a promise`);
    await expect(execute(undefined as never)).rejects.toThrow(`${expected}undefined`);
    await expect(execute({} as never)).rejects.toMatchObject({ code: "ERR_HOLDFAST_OPTION", option: "fn" });
  });

  test("does not hide a TypeError of a function that is one", async () => {
    const fail = () => (undefined as unknown as () => never)();
    await expect(executeOf({ executeWithin: direct })(fail)).rejects.not.toHaveProperty("code");
  });
});

test("what is no signal is refused, by name", async () => {
  const execute = executeOf({ executeWithin: async (context, next) => next(context) });
  const run = vi.fn();
  for (const signal of [new AbortController(), { signal: new AbortController().signal }]) {
    await expect(execute(run, signal as never)).rejects.toThrow("Expected `signal` to be an AbortSignal, got");
  }
  expect(run).not.toHaveBeenCalled();
});
