import { readFileSync } from "node:fs";
import { OptionError } from "@holdfast/errors";
import { expect, test } from "vitest";
import { resolveTiers, tierDefaults } from "./tier.ts";
import { tierOfService } from "./tier-of-service.ts";

test.each([
  ["standard", 5, 10_000, 30_000],
  ["data", 3, 10_000, 60_000],
  ["ai", 3, 10_000, 120_000],
  ["long-poll", 5, 10_000, 90_000],
] as const)(
  "tier %s: %d attempts, %d ms to connect, %d ms to read",
  (name, maxAttempts, connectTimeoutMs, readTimeoutMs) => {
    expect(tierDefaults[name]).toEqual({ maxAttempts, connectTimeoutMs, readTimeoutMs });
    expect(resolveTiers()[name]).toEqual({ name, maxAttempts, connectTimeoutMs, readTimeoutMs });
  },
);

test("the README's table of tiers is the code's", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8").replaceAll(/ +/g, " ");
  for (const [name, { maxAttempts, connectTimeoutMs, readTimeoutMs }] of Object.entries(tierDefaults)) {
    expect(readme).toContain(
      `| \`${name}\` | ${maxAttempts} | ${connectTimeoutMs / 1_000} s | ${readTimeoutMs / 1_000} s |`,
    );
  }
});

test.each([
  ["SecretsManager", "standard"],
  ["DynamoDB", "data"],
  ["S3", "data"],
  ["BedrockRuntime", "ai"],
  ["SQS", "long-poll"],
  ["SFN", "long-poll"],
])("%s is %s", (service, tier) => {
  expect(tierOfService(service)).toBe(tier);
});

test("numbers can be replaced one by one, and wrong ones are refused with their name", () => {
  expect(resolveTiers({ data: { maxAttempts: 7 } }).data).toEqual({
    name: "data",
    ...tierDefaults.data,
    maxAttempts: 7,
  });
  expect(() => resolveTiers({ ai: { readTimeoutMs: 0 } })).toThrow(OptionError);
  expect(() => resolveTiers({ ai: { maxAttempts: 1.5 } })).toThrow(/tiers\.ai\.maxAttempts/);
});
