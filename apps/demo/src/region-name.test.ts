import { expect, test } from "vitest";
import { doubtRegion } from "./region-name.ts";

test.each(["us-east-1", "ap-southeast-7", "us-gov-west-1", "eusc-de-east-1", "cn-northwest-1"])(
  "%s is known",
  (name) => {
    expect(doubtRegion(name)).toBeUndefined();
  },
);

test.each([
  ["eu-wst-1", "eu-west-1"],
  ["mars-north-9", "eu-north-1"],
  ["us-est-2", "us-east-2"],
])("%s may be newer than this program, and the nearest is %s", (name, nearest) => {
  const doubt = doubtRegion(name);
  expect(doubt?.verdict).toBe("doubtful");
  expect(doubt?.says).toContain(`is ${nearest} meant?`);
});

test.each([
  ["us-east-1a", /availability zone: its region is us-east-1$/],
  ["US-EAST-1", /"US-EAST-1" is not the name of a region, such as us-east-1$/],
  ["", /"" is not the name of a region/],
  ["frankfurt", /"frankfurt" is not the name/],
  ["eu-west-1.evil.example", /is not the name/],
])("%j can be no region", (name, says) => {
  const doubt = doubtRegion(name);
  expect(doubt?.verdict).toBe("wrong");
  expect(doubt?.says).toMatch(says);
});
