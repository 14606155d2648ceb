import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { severityAndFaultOf } from "./classify/known-codes.ts";
import { type ErrorKind, type RecoveryAction, recoveryAdviceByKind } from "./index.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

const words: Readonly<Record<string, RecoveryAction>> = {
  retry: "retry",
  "refresh credentials": "refresh-credentials",
  wait: "wait",
  "roll back": "roll-back",
  skip: "skip",
  "a person": "ask-a-person",
};

test("the README's table of kinds is what the code says", () => {
  const rows = [...readme.matchAll(/^\| `([a-z-]+)`\s*\| (\w+)\s*\| (\w+)\s*\| ([^|]+?)\s*\|$/gm)];
  expect(rows.map(([, kind]) => kind).sort()).toEqual(Object.keys(recoveryAdviceByKind).sort());
  for (const [, kind, severity, fault, recovery = ""] of rows) {
    expect(severityAndFaultOf(kind), kind).toEqual([severity, fault]);
    expect(recoveryAdviceByKind[kind as ErrorKind].actions, kind).toEqual(
      recovery.split(", ").map((word) => words[word]),
    );
  }
});
