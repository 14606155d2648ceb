import { describe, expect, test, vi } from "vitest";
import { CallContext } from "./call-context.ts";

const stop = new Error("stop");

describe("the signal", () => {
  test("is the caller's own where nothing in between can abort", () => {
    const { signal } = new AbortController();
    const context = CallContext.root({ signal }).withAttempt(2).withDeadline(1);
    expect(context.signal).toBe(signal);
  });

  test("never aborts where the caller gave none, and stays the same", () => {
    const context = CallContext.root();
    expect(context.abortable).toBe(false);
    expect(context.signal).toBe(context.signal);
    expect(context.signal.aborted).toBe(false);
  });

  test("of one plain call collects nothing that another's would keep", () => {
    const [one, other] = [CallContext.plain(1), CallContext.plain(1)];
    expect(one.signal).not.toBe(other.signal);
    expect([one.abortable, one.attempt, one.signal.aborted]).toEqual([false, 1, false]);
    const own = one.cancellable();
    own.cancel(stop);
    expect([own.signal.reason, other.aborted, other.signal.aborted]).toEqual([stop, false, false]);
  });

  test("of a cancellable call aborts with the reason of the cancel", () => {
    const context = CallContext.root().cancellable();
    const { signal } = context;
    context.cancel(stop);
    expect(signal.reason).toBe(stop);
    expect(context.reason).toBe(stop);
  });

  test("read after a cancel is already aborted", () => {
    const context = CallContext.root().cancellable();
    context.cancel(stop);
    expect(context.signal.reason).toBe(stop);
  });

  test("of an inner call follows the caller's, and the outer does not follow the inner", () => {
    const caller = new AbortController();
    const outer = CallContext.root({ signal: caller.signal }).cancellable();
    const inner = outer.withAttempt(2).cancellable();
    const { signal } = inner;
    inner.withAttempt(3).cancel("inner");
    expect([signal.reason, outer.aborted]).toEqual(["inner", false]);
    const sibling = outer.cancellable().signal;
    caller.abort(stop);
    expect([sibling.reason, outer.reason, signal.reason]).toEqual([stop, stop, "inner"]);
  });

  test("keeps its first reason", () => {
    const caller = new AbortController();
    const context = CallContext.root({ signal: caller.signal }).cancellable();
    caller.abort("first");
    context.cancel("second");
    expect(context.reason).toBe("first");
    expect(context.signal.reason).toBe("first");
  });
});

test("a cancel while the caller's abort is being told changes nothing", () => {
  const caller = new AbortController();
  const context = CallContext.root({ signal: caller.signal });
  const told = vi.fn();
  caller.signal.addEventListener("abort", () => context.cancel("second"));
  context.onAbort(told);
  caller.abort("first");
  expect([context.reason, told.mock.calls]).toEqual(["first", [["first"]]]);
});

describe("onAbort", () => {
  test("tells a listener once, with the reason, through every layer, and without a signal being read", () => {
    const outer = CallContext.root().cancellable();
    const listener = vi.fn();
    outer.withAttempt(2).cancellable().onAbort(listener);
    outer.cancel(stop);
    outer.cancel(stop);
    expect(listener.mock.calls).toEqual([[stop]]);
  });

  test("tells a listener that comes too late at once", () => {
    const context = CallContext.root().cancellable();
    context.cancel(stop);
    const listener = vi.fn();
    context.onAbort(listener);
    expect(listener).toHaveBeenCalledWith(stop);
  });

  test("tells a listener of an abort around it too where a policy of another make gave a signal of its own", () => {
    const outer = CallContext.root().cancellable();
    const listener = vi.fn();
    outer.adopt({ signal: new AbortController().signal }).onAbort(listener);
    outer.cancel(stop);
    expect(listener.mock.calls).toEqual([[stop]]);
  });

  test("leaves nothing on the caller's signal once the listener is taken back", () => {
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, "addEventListener");
    const remove = vi.spyOn(signal, "removeEventListener");
    const context = CallContext.root({ signal }).cancellable();
    const listener = vi.fn();
    context.onAbort(listener);
    context.offAbort(listener);
    expect([add.mock.calls.length, remove.mock.calls.length]).toEqual([1, 1]);
  });
});

describe("a spreadable context", () => {
  test("carries its signal, attempt, deadline, call and foreign keys through a spread", () => {
    const { signal } = new AbortController();
    const context = CallContext.root({ signal, deadline: 5, call: { operation: "Get" } })
      .adopt(Object.assign({ signal }, { tenant: "a" }))
      .withAttempt(2)
      .cancellable();
    const copy: object = { ...context.spreadable() };
    expect(copy).toEqual({ signal: context.signal, attempt: 2, deadline: 5, call: { operation: "Get" }, tenant: "a" });
    context.cancel(stop);
    expect(copy).toMatchObject({ signal: { aborted: true, reason: stop } });
  });

  test("hides no attempt that a policy around it counts, unless it counts itself", () => {
    expect(Object.keys(CallContext.root().spreadable())).toEqual(["signal"]);
    expect(CallContext.root().spreadable().attempt).toBe(1);
  });

  test("is asked for: a plain context has no property of its own", () => {
    expect(Object.keys(CallContext.root().withAttempt(2))).toEqual([]);
  });
});

test("the sooner of two deadlines holds", () => {
  const context = CallContext.root({ deadline: 10 });
  expect(context.withDeadline(20)).toBe(context);
  expect(context.withDeadline(5).deadline).toBe(5);
  expect(context.adopt({ deadline: 7 } as object).deadline).toBe(7);
  expect(context.adopt({ deadline: 12 } as object).deadline).toBe(10);
});
