import { attemptLedgerKey, CircuitOpenError, classify } from "@holdfast/errors";
import { describe, expect, test } from "vitest";
import { provesNotApplied } from "./proves-not-applied.ts";

const proves = (error: unknown) => provesNotApplied(error, classify);

function answer(name: string, httpStatusCode: number, attempts = 1): Error {
  const $fault = httpStatusCode < 500 ? "client" : "server";
  return Object.assign(new Error("…"), { name, $fault, $metadata: { httpStatusCode, attempts, requestId: "r" } });
}

function afterAttempts(error: Error, ...codes: readonly (string | undefined)[]): Error {
  const attempts = codes.map((code, index) => ({
    number: index + 1,
    startedAt: 0,
    durationMs: 1,
    delayMs: 0,
    code,
    requestId: undefined,
  }));
  return Object.assign(error, { [attemptLedgerKey]: { attempts, stopReason: "attempts", elapsedMs: 3 } });
}

describe("proves that nothing was applied", () => {
  test.each([
    ["ValidationException", 400],
    ["AccessDeniedException", 403],
    ["ResourceNotFoundException", 404],
    ["ResourceExistsException", 400],
    ["EncryptionFailure", 400],
    ["InvalidRequestException", 400],
    ["ThrottlingException", 429],
    ["LimitExceededException", 400],
    ["SomethingNobodyKnows", 418],
  ])("an answer %s (%i) to the only attempt", (name, status) => {
    expect(proves(answer(name, status))).toBe(true);
  });

  test("a call that never left", () => {
    expect(proves(new CircuitOpenError({ circuit: "c", retryAfterMs: 1, since: 0 }))).toBe(true);
  });

  test("a refusal after nothing but refusals", () => {
    const error = answer("ThrottlingException", 400);
    expect(proves(afterAttempts(error, "ThrottlingException", "TooManyRequestsException", "ThrottlingException"))).toBe(
      true,
    );
  });
});

describe("proves nothing", () => {
  test.each([
    ["a server's fault", answer("InternalFailure", 500)],
    ["a gateway's", answer("ServiceUnavailable", 503)],
    ["a request that timed out on the way", answer("RequestTimeout", 408)],
    ["a broken connection", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
    ["our own deadline", Object.assign(new Error("late"), { name: "TimeoutError", code: "ERR_TIMEOUT" })],
    ["an abort", new DOMException("aborted", "AbortError")],
    ["an error of the handler's own", new TypeError("undefined is not a function")],
    ["no error at all", undefined],
  ])("%s", (_, error) => {
    expect(proves(error)).toBe(false);
  });

  test("a refusal after an attempt whose answer was lost", () => {
    expect(proves(afterAttempts(answer("ResourceExistsException", 400), "ECONNRESET", "ResourceExistsException"))).toBe(
      false,
    );
    expect(
      proves(afterAttempts(answer("ResourceExistsException", 400), "InternalFailure", "ResourceExistsException")),
    ).toBe(false);
    expect(proves(afterAttempts(answer("ResourceExistsException", 400), undefined, "ResourceExistsException"))).toBe(
      false,
    );
  });

  test("a refusal after attempts of which only the number is known", () => {
    expect(proves(answer("ResourceExistsException", 400, 2))).toBe(false);
  });
});
