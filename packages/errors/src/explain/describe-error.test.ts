import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { describeError, HoldfastError } from "../index.ts";

const denied = Object.assign(
  new Error(
    "User: arn:aws:iam::111122223333:user/app is not authorized to perform: secretsmanager:PutSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf because no identity-based policy allows the secretsmanager:PutSecretValue action",
  ),
  { name: "AccessDeniedException" },
);
const context = { service: "SecretsManager", operation: "PutSecretValue", region: "eu-west-1" };

test("what and where, in one line; why; and numbered steps with commands", () => {
  expect(describeError(denied, { context })).toBe(
    [
      `AccessDeniedException at SecretsManager PutSecretValue in eu-west-1: ${denied.message}`,
      "",
      "  arn:aws:iam::111122223333:user/app may not secretsmanager:PutSecretValue on arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf: no identity-based policy allows it",
      "",
      '  1. Attach this statement to arn:aws:iam::111122223333:user/app in account 111122223333: {"Effect":"Allow","Action":"secretsmanager:PutSecretValue","Resource":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"}',
      "     $ aws iam list-attached-user-policies --user-name app",
      "     https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
    ].join("\n"),
  );
});

test("the causes, outermost first", () => {
  const root = Object.assign(new Error("connect refused"), { code: "ECONNREFUSED" });
  const text = describeError(new Error("replication failed", { cause: new Error("no client", { cause: root }) }));
  expect(text.split("\n").slice(0, 3)).toEqual(
    ["ECONNREFUSED: replication failed", "  because no client", "  because ECONNREFUSED: connect refused"].map(
      (line, index) => (index === 1 ? "  because ECONNREFUSED: no client" : line),
    ),
  );
});

test("a code that the message begins with is said once", async () => {
  const error = await readFile("/no/such/file").catch((reason: unknown) => reason);
  expect(describeError(error)).toBe(
    [
      "ENOENT: no such file or directory, open '/no/such/file'",
      "",
      "  There is no such file or folder: /no/such/file",
      "",
      "  1. Check the path, and the folder that it starts from",
      "     $ ls -ld /no/such/file",
    ].join("\n"),
  );
});

test("steps that the message ends with are said once", () => {
  const steps = [{ text: "look at the log" }, { text: "to see it, run", command: "flows log" }];
  const message = "It failed; look at the log; to see it, run: flows log";
  const error = new HoldfastError(message, { code: "E_FLOW", kind: "state", remediation: steps });
  expect(describeError(error)).toBe(
    ["E_FLOW: It failed", "", "  1. look at the log", "  2. to see it, run", "     $ flows log"].join("\n"),
  );
});

test("stack traces only in debug, with those of the causes", () => {
  const error = new Error("outer", { cause: new Error("inner") });
  expect(describeError(error)).not.toContain("describe-error.test.ts");
  const text = describeError(error, { debug: true });
  expect(text).toContain("caused by Error: inner");
  expect(text.match(/describe-error\.test\.ts/g)?.length).toBeGreaterThanOrEqual(2);
});

describe("for a terminal", () => {
  test("colours only if asked for", () => {
    expect(describeError(denied)).not.toContain("\u001b[");
    expect(describeError(denied, { colour: true })).toContain("\u001b[31mAccessDeniedException\u001b[0m");
  });

  test("a message cannot write to it", () => {
    const text = describeError(new Error("a\u001b[2Jb\nc\u0007"), { debug: false });
    expect(text.split("\n")[0]).toBe("unknown: a [2Jb c");
  });
});

test("no secret, in debug neither", () => {
  const error = new HoldfastError(
    "password=hunter2",
    { code: "E", kind: "state", context: { password: "hunter3" }, remediation: [{ text: "t" }] },
    { cause: new Error("token: hunter4") },
  );
  expect(describeError(error, { debug: true })).not.toMatch(/hunter\d/);
});

test.each<[unknown, string]>([
  [undefined, "unknown: undefined"],
  ["text", "unknown: text"],
  [Symbol("s"), "unknown: Symbol(s)"],
  [{}, "unknown: unknown"],
])("%o can be described", (value, first) => {
  expect(describeError(value).split("\n")[0]).toBe(first);
});
