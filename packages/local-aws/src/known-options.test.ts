import { afterAll, beforeAll, expect, test } from "vitest";
import { type FaultRule, type LocalAws, type LocalAwsOptions, OptionError, startLocalAws } from "./index.ts";
import { assertKnownOptions } from "./known-options.ts";

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.close());

test.each([
  [{ fault: "throttle", operatoin: "x" }, "operatoin", "a throttle rule", "operation"],
  [{ fault: "throttle", Region: "eu-west-1" }, "Region", "a throttle rule", "region"],
  [{ fault: "error", probabilty: 0.1 }, "probabilty", "an error rule", "probability"],
  [{ fault: "rate-limit", perSeconds: 1, perSecond: 1 }, "perSeconds", "a rate-limit rule", "perSecond"],
  [{ fault: "latency", latencyMs: 1, latency: 1 }, "latency", "a latency rule", "latencyMs"],
  [{ fault: "reset", status: 503 }, "status", "a reset rule", "times"], // an option of other rules has no effect here
])("the fault rule %j is refused: nobody knows %s", async (rule, option, of, known) => {
  const add = () => aws.faults.add(rule as unknown as FaultRule);
  expect(add).toThrow(OptionError);
  expect(add).toThrow(`Expected \`${option}\` to be left out: the options of ${of} are `);
  expect(add).toThrow(new RegExp(`\\b${known}\\b`));
  await expect(startLocalAws({ faults: [rule as unknown as FaultRule] })).rejects.toMatchObject({ option });
});

test.each([
  [{ fautls: [{ fault: "reset" }] }, "fautls", "startLocalAws()", "faults"],
  [{ quota: false }, "quota", "startLocalAws()", "quotas"],
  [{ lags: { listsMs: 0 } }, "listsMs", "lags", "listMs"],
])("the options %j are refused", async (options, option, of, known) => {
  const started = startLocalAws(options as LocalAwsOptions);
  await expect(started).rejects.toBeInstanceOf(OptionError);
  await expect(started).rejects.toMatchObject({ option, message: expect.stringContaining(`the options of ${of} are`) });
  await expect(started).rejects.toThrow(new RegExp(`\\b${known}\\b`));
});

test("a responder with a misspelt operation is refused, and answers nothing", () => {
  const responder = { service: "dynamodb", opertion: "GetItem", reply: { output: {} } };
  const add = () => aws.respond(responder);
  expect(add).toThrow(OptionError);
  expect(add).toThrow(
    "Expected `opertion` to be left out: the options of a responder are service, operation, when, reply",
  );
});

test("what is known passes, also when it is inherited by name from every object", () => {
  const known = { one: true, two: true } as const;
  expect(() => assertKnownOptions("a pair", { one: 1, two: undefined }, known)).not.toThrow();
  expect(() => assertKnownOptions("a pair", { toString: 1 }, known)).toThrow("`toString`");
});

test.each([null, "throttle", undefined])("the rule %j is refused as no rule at all", (rule) => {
  expect(() => aws.faults.add(rule as unknown as FaultRule)).toThrow(OptionError);
});

test.each(["faults", "roles"])("%s that are not given as a list are refused, by name", async (option) => {
  const started = startLocalAws({ [option]: { fault: "throttle" } } as LocalAwsOptions);
  await expect(started).rejects.toThrow(`Expected \`${option}\` to be an array of`);
});

test.each<readonly [string, () => unknown, string]>([
  ["a place", () => aws.clientConfig({ regoin: "eu-west-1" } as never), "region"],
  ["a place", () => aws.environment({ acount: "444455556666" } as never), "account"],
  ["a place", () => aws.secrets({ regions: "eu-west-1" } as never), "region"],
  ["a secret", () => aws.createSecret({ name: "a", secretString: "x" } as never), "description"],
  ["a role", () => aws.createRole({ account: "444455556666", name: "r", trust: [] } as never), "trusts"],
  ["a filter of calls", () => aws.calls({ opertion: "GetSecretValue" } as never), "operation"],
])("%s with a misspelt key is refused (%#)", (what, take, known) => {
  expect(take).toThrow(`to be left out: the options of ${what} are `);
  expect(take).toThrow(new RegExp(`\\b${known}\\b`));
});

test("a secret without a name is refused", () => {
  expect(() => aws.createSecret({} as never)).toThrow("Expected `name` to be a name that Secrets Manager takes");
});
