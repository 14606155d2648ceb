import { describe, expect, expectTypeOf, test } from "vitest";
import { classify, defineErrors, HoldfastError, isHoldfastError, OptionError } from "../index.ts";

const definitions = {
  FlowError: { kind: "state", severity: "critical", message: "A flow failed", remediation: [{ text: "See the log" }] },
  FlowNotFoundError: {
    extends: "FlowError",
    kind: "not-found",
    message: ({ flow, file }: { flow: string; file?: string }) =>
      `Flow "${flow}" not found${file === undefined ? "" : ` in ${file}`}`,
    remediation: ({ flow }: { flow: string }) => [{ text: "Create it", command: `flows create ${flow}` }],
  },
  FlowStuckError: { extends: "FlowError", code: "E_STUCK", retry: "transient", message: "A flow is stuck" },
} as const;
const errors = defineErrors(definitions);

describe("a class", () => {
  test("has its own name, code, message, context and remediation", () => {
    const error = new errors.FlowNotFoundError({ flow: "nightly", file: "flows.yaml" });
    expect(error).toMatchObject({
      name: "FlowNotFoundError",
      code: "FLOW_NOT_FOUND",
      kind: "not-found",
      message: 'Flow "nightly" not found in flows.yaml',
      context: { flow: "nightly", file: "flows.yaml" },
      remediation: [{ text: "Create it", command: "flows create nightly" }],
    });
    expect(String(error)).toBe('FlowNotFoundError: Flow "nightly" not found in flows.yaml');
    expect(error.stack).toContain("define-errors.test.ts");
  });

  test("keeps its cause", () => {
    const cause = new Error("c");
    expect(new errors.FlowNotFoundError({ flow: "f" }, { cause }).cause).toBe(cause);
    expect("cause" in new errors.FlowNotFoundError({ flow: "f" })).toBe(false);
  });

  test("extends what it says, and every HoldfastError", () => {
    const error = new errors.FlowNotFoundError({ flow: "f" });
    expect(error).toBeInstanceOf(errors.FlowNotFoundError);
    expect(error).toBeInstanceOf(errors.FlowError);
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).not.toBeInstanceOf(errors.FlowStuckError);
  });

  test("takes over the kind, and what goes with it only with it", () => {
    expect(new errors.FlowStuckError()).toMatchObject({
      kind: "state",
      severity: "critical",
      retry: "transient",
      remediation: [{ text: "See the log" }],
    });
    expect(new errors.FlowNotFoundError({ flow: "f" })).toMatchObject({ severity: "medium", retry: "never" });
  });

  test("is classified as it says", () => {
    expect(classify(new errors.FlowStuckError())).toMatchObject({
      code: "E_STUCK",
      kind: "state",
      retry: "transient",
      severity: "critical",
    });
  });

  test("is typed by its message", () => {
    expectTypeOf(errors.FlowNotFoundError).constructorParameters.toEqualTypeOf<
      [context: { flow: string; file?: string }, options?: ErrorOptions]
    >();
    expectTypeOf(new errors.FlowNotFoundError({ flow: "f" }).context.flow).toEqualTypeOf<string>();
    expectTypeOf(new errors.FlowNotFoundError({ flow: "f" }).name).toEqualTypeOf<"FlowNotFoundError">();
    // @ts-expect-error: the context names its flow
    new errors.FlowNotFoundError({ file: "f" });
    // @ts-expect-error: there is no such class
    expect(errors.FlowLostError).toBeUndefined();
  });
});

describe("recognised", () => {
  test("by instance, and by the code when it came from another copy of the program", () => {
    const again = defineErrors(definitions);
    const foreign = new again.FlowNotFoundError({ flow: "f" });
    expect(foreign).not.toBeInstanceOf(errors.FlowNotFoundError);
    expect(errors.FlowNotFoundError.is(foreign)).toBe(true);
    expect(errors.FlowError.is(foreign)).toBe(true);
    expect(errors.FlowStuckError.is(foreign)).toBe(false);
  });

  test("a parent is not taken for its child", () => {
    expect(errors.FlowNotFoundError.is(new errors.FlowError())).toBe(false);
  });

  test.each([undefined, null, "FLOW_NOT_FOUND", {}, { code: "FLOW_NOT_FOUND" }])("%o is none", (value) => {
    expect(errors.FlowError.is(value)).toBe(false);
    expect(isHoldfastError(value)).toBe(false);
  });
});

describe("codes", () => {
  test.each([
    ["FlowNotFoundError", "FLOW_NOT_FOUND"],
    ["S3UploadError", "S3_UPLOAD"],
    ["AWSServiceError", "AWS_SERVICE"],
    ["Timeout", "TIMEOUT"],
    ["Error", "ERROR"],
  ])("%s is %s", (name, code) => {
    expect(defineErrors({ [name]: { kind: "state", message: "m" } })[name]?.code).toBe(code);
  });
});

describe("a wrong definition is refused", () => {
  test.each<[string, Parameters<typeof defineErrors>[0], string]>([
    ["no kind", { A: { message: "m" } }, "Expected `A.kind` to be a kind"],
    ["no such kind", { A: { kind: "fatal" as never, message: "m" } }, "Expected `A.kind` to be a kind"],
    [
      "extends nothing",
      { A: { extends: "B", kind: "state", message: "m" } },
      "Expected `A.extends` to be the name of another definition",
    ],
    [
      "a circle",
      { A: { extends: "B", kind: "state", message: "m" }, B: { extends: "A", message: "m" } },
      "does not extend it in turn",
    ],
    [
      "a member that there is not",
      { A: { kind: "state", retyr: "never", message: "m" } as never },
      "Expected `retyr` to be left out: the options of A are extends, code, kind, retry",
    ],
    [
      "one code twice",
      { A: { kind: "state", code: "X", message: "m" }, B: { kind: "state", code: "X", message: "m" } },
      "Expected `B.code` to be a code that A does not have",
    ],
  ])("%s", (_name, wrong, message) => {
    expect(() => defineErrors(wrong)).toThrow(OptionError);
    expect(() => defineErrors(wrong)).toThrow(message);
  });
});
