import { describe, expect, test } from "vitest";
import { readEnvironment } from "./environment.ts";

test("nothing set: the defaults", () => {
  expect(readEnvironment({})).toEqual({
    configSecret: "secrets-replicator/config/destinations",
    filters: [],
    filterCacheTtlMs: 300_000,
    secretNames: undefined,
    secretNamesCacheTtlMs: 300_000,
    region: undefined,
    roleArn: undefined,
    kmsKeyId: undefined,
    transformMode: "auto",
    logLevel: "INFO",
    enableMetrics: true,
    metricsNamespace: "SecretsReplicator",
    dlq: undefined,
    commandTimeoutMs: 5_000,
    maxSecretBytes: 65_536,
    journal: undefined,
  });
});

test("everything set", () => {
  expect(
    readEnvironment({
      CONFIG_SECRET: "mine",
      SECRETS_FILTER: "a, b,",
      SECRETS_FILTER_CACHE_TTL: "0",
      DEFAULT_SECRET_NAMES: "names",
      DEFAULT_REGION: "eu-west-1",
      DEFAULT_ROLE_ARN: "arn:aws:iam::222222222222:role/r",
      SECRET_NAMES_CACHE_TTL: "60",
      KMS_KEY_ID: "alias/k",
      TRANSFORM_MODE: "SED",
      LOG_LEVEL: "warning",
      ENABLE_METRICS: "False",
      METRICS_NAMESPACE: "Mine/prod",
      DLQ_ARN: "arn:aws:sqs:us-east-1:111111111111:dead",
      TIMEOUT_SECONDS: "0.5",
      MAX_SECRET_SIZE: "1024",
      JOURNAL_FILE: "/tmp/j",
    }),
  ).toMatchObject({
    configSecret: "mine",
    filters: ["a", "b"],
    filterCacheTtlMs: 0,
    secretNamesCacheTtlMs: 60_000,
    transformMode: "sed",
    logLevel: "WARN",
    enableMetrics: false,
    dlq: { region: "us-east-1", account: "111111111111", name: "dead" },
    commandTimeoutMs: 500,
    maxSecretBytes: 1_024,
  });
});

describe("what is wrong is named, with what was expected", () => {
  test.each([
    [{ TRANSFORM_MODE: "xml" }, 'Expected TRANSFORM_MODE to be one of auto, sed, json, got "xml"'],
    [{ LOG_LEVEL: "LOUD" }, 'Expected LOG_LEVEL to be one of DEBUG, INFO, WARN, ERROR, got "LOUD"'],
    [{ TIMEOUT_SECONDS: "soon" }, 'Expected TIMEOUT_SECONDS to be a number from 0.001 to 900, got "soon"'],
    [{ MAX_SECRET_SIZE: "65537" }, 'Expected MAX_SECRET_SIZE to be a number from 1 to 65536, got "65537"'],
    [{ SECRETS_FILTER_CACHE_TTL: "-1" }, /SECRETS_FILTER_CACHE_TTL/],
    [{ ENABLE_METRICS: "maybe" }, /ENABLE_METRICS/],
    [{ DLQ_ARN: "arn:aws:sns:us-east-1:111111111111:topic" }, /ARN of a standard SQS queue/],
  ])("%j", (env, message) => {
    expect(() => readEnvironment(env)).toThrow(message);
  });
});
