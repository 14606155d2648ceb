import { expect, test } from "vitest";
import { errorName } from "./error-name.ts";

test.each([
  [Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
  [Object.assign(new Error("x"), { code: "ERR_HTTP2_STREAM_ERROR" }), "ERR_HTTP2_STREAM_ERROR"],
  [
    Object.assign(new Error("x"), { name: "AWS.SimpleQueueService.NonExistentQueue" }),
    "AWS.SimpleQueueService.NonExistentQueue",
  ],
  [Object.assign(new Error("x"), { name: "EC2ThrottledException" }), "EC2ThrottledException"],
  [Object.assign(new Error("x"), { code: 42, name: "RangeError" }), "RangeError"],
  [new DOMException("x", "AbortError"), "AbortError"],
  [new Error("Hunter"), "Error"], // never by message, though it looks like a name
])("names %s by code or name", (error, name) => {
  expect(errorName(error)).toBe(name);
});

test.each([
  ["a password as code", { code: "hunter2" }],
  ["a secret key", { code: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }],
  ["a token", { name: "AQoDYXdzEJr1K5o4n4kBzy8xX2" }],
  ["a sentence", { name: "It failed" }],
  ["a long text", { code: "A".repeat(65) }],
  ["a text", "ThrottlingException"],
  ["nothing", null],
  [
    "a getter that throws",
    {
      get code(): string {
        throw new Error("no");
      },
    },
  ],
])("says nothing of %s", (_, error) => {
  expect(errorName(error)).toBe("unknown");
});
