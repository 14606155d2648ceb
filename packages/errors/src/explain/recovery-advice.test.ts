import { describe, expect, test } from "vitest";
import { severityAndFaultOf } from "../classify/known-codes.ts";
import { classify, recoveryAdviceByKind, recoveryAdviceFor } from "../index.ts";

test("advice is for kinds that there are, each action once, with its reason", () => {
  for (const kind of Object.keys(recoveryAdviceByKind)) expect(severityAndFaultOf(kind), kind).toBeDefined();
  for (const { actions, reason } of Object.values(recoveryAdviceByKind)) {
    expect(actions.length).toBeGreaterThan(0);
    expect(new Set(actions).size).toBe(actions.length);
    expect(reason).not.toBe("");
  }
});

test("what needs a person first is never automatic", () => {
  for (const { actions, automatic } of Object.values(recoveryAdviceByKind))
    if (actions[0] === "ask-a-person") expect(automatic).toBe(false);
});

describe("for one error", () => {
  const adviceOn = (name: string, fields: object = {}): readonly string[] =>
    recoveryAdviceFor(classify(Object.assign(new Error("m"), { name, ...fields }))).actions;

  test.each([
    ["ThrottlingException", "wait"],
    ["InternalServiceError", "retry"],
    ["ExpiredTokenException", "refresh-credentials"],
    ["AccessDeniedException", "ask-a-person"],
    ["ResourceNotFoundException", "skip"],
    ["ServiceQuotaExceededException", "ask-a-person"],
    ["AbortError", "roll-back"],
    ["TypeError", "roll-back"],
  ])("%s: first %s", (name, first) => {
    expect(adviceOn(name)[0]).toBe(first);
  });

  test("credentials that no refresh cures need a person", () => {
    expect(adviceOn("CredentialsProviderError")).toEqual(["ask-a-person"]);
    expect(recoveryAdviceFor({ kind: "authentication", retry: "never" }).automatic).toBe(false);
  });

  test("a conflict that would only return is not retried", () => {
    expect(adviceOn("ConflictException")).toEqual(["retry", "skip", "ask-a-person"]);
    expect(adviceOn("ResourceExistsException")).toEqual(["skip", "ask-a-person"]);
  });

  test("an open circuit is waited for, though the call itself is not retried", () => {
    expect(adviceOn("CircuitOpenError", { code: "ERR_CIRCUIT_OPEN" })).toEqual(["wait", "retry"]);
  });
});
