import { expect, test } from "vitest";
import { classify, createClassifier, OptionError } from "../index.ts";

const failed = (code: string): Error => Object.assign(new Error("m"), { code });

test("a rule replaces only what it says", () => {
  const mine = createClassifier({ rules: [{ code: "E_DOCKER", verdict: { kind: "dependency", retry: "transient" } }] });
  expect(mine(failed("E_DOCKER"))).toEqual({ ...classify(failed("E_DOCKER")), kind: "dependency", retry: "transient" });
  expect(mine(failed("ECONNRESET"))).toEqual(classify(failed("ECONNRESET")));
});

test("all that a rule names must fit", () => {
  const mine = createClassifier({
    rules: [{ code: ["A", "B"], service: "S", operation: "O", httpStatus: 418, verdict: { kind: "state" } }],
  });
  const error = Object.assign(failed("B"), { status: 418 });
  expect(mine(error, { service: "S", operation: "O" }).kind).toBe("state");
  expect(mine(error, { service: "S", operation: "other" }).kind).not.toBe("state");
  expect(mine(error, { service: "other", operation: "O" }).kind).not.toBe("state");
  expect(mine(failed("B"), { service: "S", operation: "O" }).kind).not.toBe("state");
  expect(mine(Object.assign(failed("C"), { status: 418 }), { service: "S", operation: "O" }).kind).not.toBe("state");
});

test("the first rule that fits decides", () => {
  const mine = createClassifier({
    rules: [
      { code: "A", verdict: { kind: "state" } },
      { verdict: { kind: "storage" } },
      { code: "A", verdict: { kind: "conflict" } },
    ],
  });
  expect(mine(failed("A")).kind).toBe("state");
  expect(mine(failed("B")).kind).toBe("storage");
});

test("a rule may look at the error itself; if it throws, it does not fit", () => {
  const mine = createClassifier({
    rules: [
      {
        matches: () => {
          throw new Error("a bad rule");
        },
        verdict: { kind: "state" },
      },
      {
        matches: (error, { kind }) => kind === "unknown" && String(error).includes("disk"),
        verdict: { kind: "storage" },
      },
    ],
  });
  expect(mine(new Error("the disk is full")).kind).toBe("storage");
  expect(mine(new Error("something else")).kind).toBe("unknown");
});

test("a rule without `verdict` is refused at construction, by its place", () => {
  expect(() => createClassifier({ rules: [{ verdict: { kind: "state" } }, {} as never] })).toThrow(OptionError);
  expect(() => createClassifier({ rules: [{} as never] })).toThrow("Expected `rules[0].verdict`");
  expect(() => createClassifier({ rules: "all" as never })).toThrow("Expected `rules` to be an array of rules");
});

test.each([
  [
    { cod: "A", verdict: { kind: "state" } },
    "Expected `cod` to be left out: the options of rules[0] are code, service,",
  ],
  [{ code: "A", verdict: { retry: "transient", sevrity: "low" } }, "the options of rules[0].verdict are kind, retry,"],
  [
    { code: "A", verdict: { kind: "throttled" } },
    "Expected `rules[0].verdict.kind` to be a kind that `classify` gives",
  ],
  [{ code: "A", verdict: { retry: true } }, 'Expected `rules[0].verdict.retry` to be one of "never", "transient",'],
  [{ code: "A", verdict: { fault: "aws" } }, "Expected `rules[0].verdict.fault` to be one of"],
  [{ code: "A", verdict: { severity: "grave" } }, "Expected `rules[0].verdict.severity` to be one of"],
  [{ code: "A", verdict: { retryAfterMs: -1 } }, "Expected `rules[0].verdict.retryAfterMs` to be a finite number ≥ 0"],
  [{ matches: /A/, verdict: { kind: "state" } }, "Expected `rules[0].matches` to be a function, got an object"],
])("refuses %o, which would judge other errors than meant", (rule, message) => {
  expect(() => createClassifier({ rules: [rule as never] })).toThrow(message);
});

test("refuses rules that are not given by name", () => {
  expect(() => createClassifier([{ verdict: {} }] as never)).toThrow("the options of createClassifier() are rules");
  expect(() => createClassifier(undefined as never)).toThrow("an object with the options of createClassifier()");
});
