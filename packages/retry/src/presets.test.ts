import { attemptsOf } from "@holdfast/errors";
import { describe, expect, test } from "vitest";
import { aws2026 } from "./aws-2026.ts";
import { noWait } from "./no-wait.ts";
import { presets } from "./presets.ts";
import { retry } from "./retry.ts";

const throttled = () => Object.assign(new Error("slow down"), { name: "ThrottlingException" });
const internal = () =>
  Object.assign(new Error("oops"), { name: "InternalServiceError", $metadata: { httpStatusCode: 500 } });
const reset = () => Object.assign(new Error("reset"), { code: "ECONNRESET" });
const refused = () => Object.assign(new Error("refused"), { code: "ECONNREFUSED" });

const unimplemented = () => Object.assign(new Error("no"), { name: "X", $metadata: { httpStatusCode: 501 } });
const proxyPage = () => Object.assign(new SyntaxError("Unexpected token <"), { $metadata: { httpStatusCode: 403 } });

const all = { ...presets, aws2026 };

/** How often a preset calls a function that fails, and how long it waits between, with chance in the middle. */
async function schedule(name: keyof typeof all, make: () => Error) {
  const { clock } = noWait();
  const error = make();
  await retry(all[name]({ clock, random: () => 0.5 }))
    .execute(() => Promise.reject(error))
    .catch(() => {});
  return [attemptsOf(error)?.attempts.length, ...clock.waits];
}

describe("each preset has the numbers its table says", () => {
  test.each([
    ["aws2026", throttled, [3, 500, 1_000]],
    ["aws2026", reset, [3, 25, 50]],
    ["quick", refused, [3, 250, 500]],
    ["standard", refused, [5, 500, 1_000, 2_000, 4_000]],
    ["patient", refused, [10, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]],
    ["network", reset, [5, 500, 1_000, 2_000, 4_000]],
    ["network", throttled, [1]],
    ["network", internal, [1]],
    ["network", proxyPage, [1]],
    ["build", refused, [3, 5_000, 10_000]],
    ["throttleOnly", throttled, [5, 500, 1_000, 2_000, 4_000]],
    ["throttleOnly", internal, [1]],
    ["secretsReplicator", throttled, [5, 2_000, 4_000, 8_000, 16_000]],
    ["secretsReplicator", internal, [5, 2_000, 4_000, 8_000, 16_000]],
    ["secretsReplicator", reset, [1]],
    ["secretsReplicator", unimplemented, [1]],
  ] as const)("%s, %o: %o", async (name, make, expected) => {
    await expect(schedule(name, make)).resolves.toEqual(expected);
  });
});

test("what you add overrides", async () => {
  expect(presets.quick({ maxAttempts: 7 })).toMatchObject({ maxAttempts: 7 });
});

test("what you leave undefined does not", async () => {
  const unset = { maxAttempts: undefined, backoff: undefined, budget: undefined, classify: undefined };
  expect(presets.patient(unset)).toMatchObject({ maxAttempts: 10, backoff: expect.any(Function) });
  expect(aws2026(unset)).toMatchObject({ budget: { kind: "retry-budget" }, classify: expect.any(Function) });
});

test("two policies of one preset do not share a budget", () => {
  expect(aws2026().budget).not.toBe(aws2026().budget);
});
