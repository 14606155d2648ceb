import { type Classification, classify, type ErrorKind } from "@holdfast/errors";
import { expect, test } from "vitest";
import { type Verdict, verdictOf } from "./verdict.ts";

const answer = (kind: ErrorKind, facts: Partial<Classification> = {}): Classification => ({
  ...classify(undefined),
  fault: "client",
  httpStatus: 400,
  ...facts,
  kind,
});

test.each<[Verdict, ErrorKind]>([
  ["failure", "service"],
  ["failure", "timeout"],
  ["failure", "network"],
  ["failure", "dependency"],
  ["failure", "unknown"],
  ["success", "not-found"],
  ["success", "validation"],
  ["success", "conflict"],
  ["success", "authentication"],
  ["success", "authorization"],
  ["success", "quota"],
  ["ignored", "throttling"],
  ["ignored", "aborted"],
  ["ignored", "configuration"],
  ["ignored", "circuit-open"],
  ["ignored", "limit-reached"],
  ["ignored", "defect"],
])("a %s: %s, answered by the service", (verdict, kind) => {
  expect(verdictOf(answer(kind))).toBe(verdict);
});

test.each<ErrorKind>(["storage", "encryption", "provisioning", "state"])("%s goes by who is at fault", (kind) => {
  expect(verdictOf(answer(kind, { fault: "server" }))).toBe("failure");
  expect(verdictOf(answer(kind, { fault: "network" }))).toBe("failure");
  expect(verdictOf(answer(kind, { fault: "client" }))).toBe("success");
});

test("an error that never reached the service proves nothing of it", () => {
  expect(verdictOf(answer("authentication", { httpStatus: undefined }))).toBe("ignored");
  expect(verdictOf(answer("validation", { httpStatus: undefined, fault: "caller" }))).toBe("ignored");
});

test("a kind of a later version counts", () => {
  expect(verdictOf(answer("meteor" as ErrorKind))).toBe("failure");
});
