import { describe, expect, test } from "vitest";
import { readDestinations } from "./destination-list.ts";
import { readEnvironment } from "./environment.ts";

const roleArn = "arn:aws:iam::222222222222:role/replicator";
const read = (text: string | object, env = {}) =>
  readDestinations(typeof text === "string" ? text : JSON.stringify(text), "config", readEnvironment(env));

const whole = {
  region: "eu-west-1",
  roleArn,
  externalId: "ours",
  secretNames: "eu",
  secretNamesCacheTtlMs: 60_000,
  kmsKeyId: "alias/k",
  variables: { ENV: "prod" },
  filters: ["a", "b"],
};

test("keys in snake or in camel case, a list or an object with one", () => {
  const snake = {
    region: "eu-west-1",
    account_role_arn: roleArn,
    external_id: "ours",
    secret_names: "eu",
    secret_names_cache_ttl: 60,
    kms_key_id: "alias/k",
    variables: { ENV: "prod" },
    filters: "a,b",
  };
  const camel = {
    region: "eu-west-1",
    accountRoleArn: roleArn,
    externalId: "ours",
    secretNames: "eu",
    secretNamesCacheTtl: 60,
    kmsKeyId: "alias/k",
    variables: { ENV: "prod" },
    filters: ["a", "b"],
  };
  expect(read([snake, camel])).toEqual([whole, whole]);
  expect(read({ destinations: [snake] })).toEqual([whole]);
});

test("a destination's own wins over the environment's, and that over the default", () => {
  const env = {
    DEFAULT_ROLE_ARN: roleArn,
    DEFAULT_SECRET_NAMES: "default",
    SECRET_NAMES_CACHE_TTL: "10",
    KMS_KEY_ID: "alias/default",
    SECRETS_FILTER: "default",
  };
  const own = { region: "eu-west-1", secret_names: "own", kms_key_id: "alias/own", filters: ["own"] };
  expect(read([{ region: "eu-west-2" }, own], env)).toMatchObject([
    { roleArn, secretNames: "default", secretNamesCacheTtlMs: 10_000, kmsKeyId: "alias/default", filters: ["default"] },
    { roleArn, secretNames: "own", kmsKeyId: "alias/own", filters: ["own"] },
  ]);
  expect(read([{ region: "eu-west-2" }])).toMatchObject([
    { roleArn: undefined, secretNames: undefined, secretNamesCacheTtlMs: 300_000, kmsKeyId: undefined, filters: [] },
  ]);
});

test("a region newer than this program is taken: no list refuses it", () => {
  expect(read([{ region: "xx-new-1" }])).toHaveLength(1);
});

describe("what is wrong is named, and nothing of what else stands there", () => {
  test.each([
    ["[{]", /config is not JSON: expected a name in quotes at line 1, column 3/],
    [[], /config lists no destinations/],
    ["null", /lists no destinations/],
    [[7], /config, destination 1 is no object/],
    [[{}], /config, destination 1: it has no region/],
    [[{ region: "eu-west-1" }, { region: "eu-west-1a" }], /destination 2: eu-west-1a is an availability zone/],
    [[{ region: "eu-west-1", rolearn: "x" }], /"rolearn" is not known/],
    [[{ region: "eu-west-1", account_role_arn: "x" }], /is not a role's ARN/],
    [[{ region: "eu-west-1", external_id: "x" }], /external_id needs account_role_arn/],
    [[{ region: "eu-west-1", kms_key_id: 7 }], /expected kms_key_id to be a text/],
    [[{ region: "eu-west-1", variables: { "a-b": "hunter2" } }], /"a-b" can be no variable/],
    [[{ region: "eu-west-1", variables: { A: 7 } }], /expected the variable A to be a text/],
    [[{ region: "eu-west-1", variables: "hunter2" }], /expected variables to be an object/],
    [[{ region: "eu-west-1", filters: [7] }], /expected filters to be a list/],
    [[{ region: "eu-west-1", secret_names_cache_ttl: "soon" }], /secret_names_cache_ttl to be seconds/],
    ['["hunter2', /not JSON/],
  ])("%j", (text, message) => {
    let error: unknown;
    try {
      read(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: "REPLICATE_SETTINGS", message: expect.stringMatching(message) });
    expect(String(error)).not.toContain("hunter2");
  });
});
