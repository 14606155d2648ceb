import { expect, test } from "vitest";
import { beginCall, executeOf } from "./begin-call.ts";
import type { CallContext } from "./call-context.ts";
import { compose } from "./compose.ts";
import { Emitter } from "./event.ts";
import { type Inside, promised, theFunction } from "./inside.ts";
import { OptionError } from "./option-error.ts";
import type { ComposablePolicy, FailureEvent, Policy, SuccessEvent } from "./policy.ts";

const events = () => ({
  onSuccess: new Emitter<SuccessEvent>().event,
  onFailure: new Emitter<FailureEvent>().event,
  _altReturn: undefined as never,
});

function recording(
  name: string,
  log: string[],
  within: (context: CallContext) => CallContext = (c) => c,
): ComposablePolicy {
  const executeWithin: ComposablePolicy["executeWithin"] = async (context, next) => {
    log.push(`${name} in`);
    try {
      return await next(within(context));
    } finally {
      log.push(`${name} out`);
    }
  };
  return { ...events(), executeWithin, execute: executeOf({ executeWithin }) };
}

function foreign(
  given: (signal: AbortSignal) => { signal: AbortSignal },
): Policy<{ signal: AbortSignal; tenant: string }> {
  return {
    ...events(),
    execute: async (fn, signal = new AbortController().signal) => fn(given(signal) as never),
  };
}

test("runs the first policy outermost", async () => {
  const log: string[] = [];
  await compose(recording("a", log), recording("b", log), recording("c", log)).execute(() => log.push("fn"));
  expect(log).toEqual(["a in", "b in", "c in", "fn", "c out", "b out", "a out"]);
});

test("refuses to compose nothing", () => {
  expect(() => (compose as (...policies: unknown[]) => unknown)()).toThrow(OptionError);
});

test.each([
  ["a list", [[recording("a", [])]], "policies[0]"],
  ["the function", [recording("a", []), () => 1], "policies[1]"],
  ["nothing", [recording("a", []), undefined], "policies[1]"],
])("refuses to compose what is no policy: %s", (_what, given, option) => {
  expect(() => (compose as (...policies: unknown[]) => unknown)(...given)).toThrow(
    expect.objectContaining({ code: "ERR_HOLDFAST_OPTION", option }),
  );
});

test("hands deadline, attempt and call details inwards, through a policy of another make too", async () => {
  const outer = recording("outer", [], (context) => context.withDeadline(9).withAttempt(3));
  const policy = compose(
    outer,
    foreign((signal) => ({ signal, tenant: "a" }) as never),
    recording("inner", []),
  );
  const seen = await beginCall(
    (context) => policy.executeWithin(context, ({ attempt, deadline, call }) => ({ attempt, deadline, call })),
    { call: { operation: "Get" } },
  );
  expect(seen).toEqual({ attempt: 3, deadline: 9, call: { operation: "Get" } });
});

test("gives the function what a policy of another make adds to its context", async () => {
  const policy = compose(
    foreign((signal) => ({ signal, tenant: "a" }) as never),
    recording("inner", []),
  );
  await expect(policy.execute((context) => context.tenant)).resolves.toBe("a");
  const adding = (more: object) => foreign((signal) => ({ signal, ...more }) as never);
  const both = compose(adding({ tenant: "a", trace: 1 }), adding({ trace: 2, call: { operation: "Put" } }));
  const seen = both.execute(({ tenant, call, ...rest }) => [tenant, call, rest]);
  await expect(seen).resolves.toEqual(["a", { operation: "Put" }, { trace: 2 }]);
});

test("lets a policy of another make abort what is inside it", async () => {
  const own = new AbortController();
  const policy = compose(
    recording("outer", []),
    foreign(() => ({ signal: own.signal })),
    recording("inner", []),
  );
  const result = policy.execute(
    (context) => new Promise((_, reject) => context.onAbort(() => reject(context.signal.reason))),
  );
  own.abort("by the foreign policy");
  await expect(result).rejects.toBe("by the foreign policy");
});

test("rejects with the caller's reason at once, and composes within itself", async () => {
  const controller = new AbortController();
  const log: string[] = [];
  const policy = compose(recording("a", log), compose(recording("b", log), recording("c", log)));
  const result = policy.execute(() => new Promise(() => {}), controller.signal);
  controller.abort("stop");
  await expect(result).rejects.toBe("stop");
  expect(log).toEqual(["a in", "b in", "c in"]);
});

test("a policy of another make that throws instead of rejecting rejects the call", async () => {
  const broken = {
    ...events(),
    execute: () => {
      throw new Error("broken");
    },
  };
  await expect(compose(recording("a", []), broken).execute(() => 1)).rejects.toThrow("broken");
});

test("any number of policies run outermost first, and each is told whether one inside notes the time", async () => {
  for (let count = 1; count <= 6; count++) {
    const log: string[] = [];
    const layer = (index: number): ComposablePolicy => {
      const around = (inside: Inside): Inside => ({
        notesTime: inside.notesTime || index === count - 2,
        begin(context, fn, settler) {
          log.push(`${index}${inside.notesTime ? " timed inside" : ""}`);
          inside.begin(context, fn, settler);
        },
      });
      const executeWithin: ComposablePolicy["executeWithin"] = (context, next) =>
        promised(around(theFunction), context, next);
      return { ...events(), executeWithin, execute: executeOf({ executeWithin }), around };
    };
    const [first, ...rest] = Array.from({ length: count }, (_, index) => layer(index));
    await expect(compose(first!, ...rest).execute(() => log.push("function"))).resolves.toBe(count + 1);
    const expected = Array.from({ length: count }, (_, index) => `${index}${index < count - 2 ? " timed inside" : ""}`);
    expect(log).toEqual([...expected, "function"]);
  }
});
