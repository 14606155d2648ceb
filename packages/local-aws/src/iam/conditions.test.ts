import { expect, test } from "vitest";
import { conditionsHold, unknownOperators } from "./conditions.ts";

const context = {
  "aws:principalarn": "arn:aws:iam::1:role/a",
  "sts:externalid": "x",
  "aws:multifactorauthpresent": "true",
  "app:size": "5",
};

test.each([
  [{ StringEquals: { "sts:ExternalId": "x" } }, true],
  [{ StringEquals: { "sts:ExternalId": ["y", "x"] } }, true],
  [{ StringEquals: { "sts:ExternalId": "X" } }, false],
  [{ StringEqualsIgnoreCase: { "sts:ExternalId": "X" } }, true],
  [{ StringNotEquals: { "sts:ExternalId": "x" } }, false],
  [{ StringNotEquals: { "sts:Absent": "x" } }, true],
  [{ StringEquals: { "sts:Absent": "x" } }, false],
  [{ StringEqualsIfExists: { "sts:Absent": "x" } }, true],
  [{ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/a" } }, true],
  [{ ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/a" } }, false],
  [{ Bool: { "aws:MultiFactorAuthPresent": true } }, true],
  [{ Bool: { "aws:MultiFactorAuthPresent": "false" } }, false],
  [{ NumericLessThan: { "app:Size": 6 } }, true],
  [{ NumericGreaterThanEquals: { "app:Size": "6" } }, false],
  [{ NumericLessThan: { "app:Size": 5 } }, false],
  [{ NumericLessThanEquals: { "app:Size": 5 } }, true],
  [{ NumericGreaterThan: { "app:Size": 5 } }, false],
  [{ NumericGreaterThan: { "app:Size": 4 } }, true],
  [{ NumericEquals: { "app:Size": "5.0" } }, true],
  [{ NumericNotEquals: { "app:Size": 5 } }, false],
  [{ Null: { "sts:Absent": "true" } }, true],
  [{ Null: { "sts:ExternalId": "true" } }, false],
  [{ "ForAnyValue:StringEquals": { "sts:ExternalId": ["x", "z"] } }, true],
  [{ StringEquals: { "sts:ExternalId": "x" }, Bool: { "aws:MultiFactorAuthPresent": "false" } }, false],
])("%j holds: %s", (conditions, holds) => {
  expect(conditionsHold(conditions, context)).toBe(holds);
});

test("knows its operators and no others", () => {
  const conditions = { StringLike: {}, "ForAllValues:StringLikeIfExists": {}, Null: {}, IpAddress: {}, Sometimes: {} };
  expect(unknownOperators(conditions)).toEqual(["IpAddress", "Sometimes"]);
});
