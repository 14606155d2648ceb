import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { describe, expect, test } from "vitest";
import { CircuitOpenError, type RefusingState } from "./circuit-open-error.ts";

const facts = { circuit: "orders", since: 1_000, retryAfterMs: 250.4 };

describe("CircuitOpenError", () => {
  test("says which circuit, since when, and when to come again", () => {
    const cause = new Error("503");
    const error = new CircuitOpenError(facts, { cause });
    expect(error).toMatchObject({ ...facts, name: "CircuitOpenError", code: "ERR_CIRCUIT_OPEN", state: "open", cause });
    expect(error.message).toBe('Circuit "orders" is open; it admits a probe in 251 ms');
  });

  test.each<[RefusingState, RegExp]>([
    ["half-open", /probes are under way; try again in 251 ms$/],
    ["recovering", /only a share of the calls; try again in 251 ms$/],
    ["isolated", /held open by hand; release the hold/],
  ])("says what to do when the circuit is %s", (state, message) => {
    expect(new CircuitOpenError({ ...facts, state }).message).toMatch(message);
  });

  test("is a real error that structuredClone and util.types know", () => {
    const error = new CircuitOpenError(facts);
    expect(types.isNativeError(error)).toBe(true);
    expect(error).toBeInstanceOf(Error);
    expect(structuredClone(error).message).toBe(error.message);
  });

  test("captures no frames unless asked, and leaves the limit as it was", () => {
    const limit = Error.stackTraceLimit;
    expect(new CircuitOpenError(facts).stack).toBe(
      'CircuitOpenError: Circuit "orders" is open; it admits a probe in 251 ms',
    );
    expect(Error.stackTraceLimit).toBe(limit);
    expect(new CircuitOpenError(facts, { stack: true }).stack).toContain("circuit-open-error.test.ts");
  });

  test("has no cause of its own when none is given", () => {
    expect("cause" in new CircuitOpenError(facts)).toBe(false);
  });

  test("is made, with its stack, where Error is frozen", () => {
    const source = fileURLToPath(new URL("./circuit-open-error.ts", import.meta.url));
    const program = `
      const { CircuitOpenError } = await import(${JSON.stringify(source)});
      const error = new CircuitOpenError({ circuit: "orders", since: 0, retryAfterMs: 1 });
      console.log(Object.isFrozen(Error), error.message, error.stack.includes("\\n    at "));
    `;
    const run = spawnSync(
      process.execPath,
      ["--frozen-intrinsics", "--no-warnings", "--input-type=module", "--eval", program],
      { encoding: "utf8" },
    );
    expect(run.stdout.trim()).toBe('true Circuit "orders" is open; it admits a probe in 1 ms true');
  });
});
