import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { captured } from "../../fixture/captured-io.ts";
import { leftBehind } from "../../fixture/left-behind.ts";
import type { CliIo } from "../index.ts";
import type { Check } from "./check.ts";

async function examine(overrides: Partial<CliIo>, ...args: readonly string[]) {
  const { code, answer } = await captured(overrides).json<{ readonly checks: readonly Check[] }>("doctor", ...args);
  const not = answer.checks.filter(({ status }) => status !== "ok").map(({ name, status }) => `${status} ${name}`);
  return { code, checks: answer.checks, not };
}

const sound = { AWS_REGION: "eu-west-1", AWS_PROFILE: "dev" };

test("a sound machine is ok", async () => {
  expect(await examine({ env: sound })).toMatchObject({ code: 0, not: [] });
});

test.each([
  ["22.14.0", "3.51.3", ["fail node"], 1],
  ["22.15.0", "3.51.3", ["warn node"], 0],
  ["24.14.1", "3.51.2", ["warn node", "fail sqlite"], 1],
  ["24.15.0", "3.51.3", [], 0],
  ["26.0.0", "4.0.0", [], 0],
  ["24.15.0", undefined, ["fail sqlite"], 1],
])("Node %s with SQLite %s: %j", async (node, sqlite, not, code) => {
  expect(await examine({ env: sound, versions: { node, sqlite } })).toMatchObject({ not, code });
});

test.each([
  [{ AWS_DEFAULT_REGION: "eu-west-1", AWS_PROFILE: "dev" }, ["warn aws region"]],
  [{ AWS_REGION: "Ireland", AWS_PROFILE: "dev" }, ["fail aws region"]],
  [{ AWS_REGION: "" }, ["warn aws region", "warn aws credentials"]],
  [{ ...sound, AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "s" }, ["warn aws profile"]],
  [{ AWS_REGION: "us-gov-west-1", AWS_ACCESS_KEY_ID: "AKIA" }, ["fail aws credentials"]],
  [{ AWS_REGION: "eu-west-1", AWS_SECRET_ACCESS_KEY: "s" }, ["fail aws credentials"]],
  [{ AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "ASIA", AWS_SECRET_ACCESS_KEY: "s" }, ["fail aws credentials"]],
  [{ AWS_REGION: "eu-west-1", AWS_WEB_IDENTITY_TOKEN_FILE: "/t" }, ["fail aws credentials"]],
  [{ AWS_REGION: "eu-west-1", AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: "a" }, []],
  [{ ...sound, AWS_PROFILE: '"dev"' }, ["fail aws variables"]],
])("environment %j: %j", async (env, not) => {
  expect((await examine({ env })).not).toEqual(not);
});

test.each([
  ["AWS_ENDPOINT_URL_SECRETSMANAGER", "AWS_ENDPOINT_URL_SECRETS_MANAGER"],
  ["AWS_ENDPOINT_URL_SSOADMIN", "AWS_ENDPOINT_URL_SSO_ADMIN"],
  ["AWS_ENDPOINT_URL_IDENTITY_STORE", "AWS_ENDPOINT_URL_IDENTITYSTORE"],
  ["AWS_ENDPOINT_URL_DYNAMDB", "AWS_ENDPOINT_URL_DYNAMODB"],
  ["AWS_ENDPOINT_URL_LAMDBA", "AWS_ENDPOINT_URL_LAMBDA"],
  ["AWS_ENDPOINT_URL_dynamodb", "AWS_ENDPOINT_URL_DYNAMODB"],
])("%s is misspelt: %s is meant", async (name, meant) => {
  const { code, checks } = await examine({ env: { ...sound, [name]: "http://localhost:4566" } });
  expect(code).toBe(1);
  expect(checks.find(({ status }) => status === "fail")?.advice).toBe(`Rename it ${meant}`);
});

test.each([
  [{ AWS_ENDPOINT_URL: "http://localhost:4566", AWS_ENDPOINT_URL_STS: "https://sts.local/svc" }, []],
  [{ AWS_ENDPOINT_URL_STS: "localhost:4566" }, ["fail aws endpoints"]],
  [{ AWS_ENDPOINT_URL_STS: "" }, ["warn aws endpoints"]],
  [{ AWS_ENDPOINT_URL_SOMETHING_ELSE: "http://localhost" }, ["warn aws endpoints"]],
  [{ AWS_ENDPOINT_URL: "http://localhost", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }, ["warn aws endpoints"]],
  [{ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }, []],
])("endpoints %j: %j", async (env, not) => {
  expect((await examine({ env: { ...sound, ...env } })).not).toEqual(not);
});

test("a clock of long ago fails", async () => {
  expect((await examine({ env: sound, now: () => 0 })).not).toEqual(["fail clock"]);
});

test("a journal is looked at, and what waits in it is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
  try {
    const path = await leftBehind(folder);
    expect(await examine({ env: sound }, "--journal", path)).toMatchObject({ code: 0, not: ["warn recovery"] });
    const past = await examine({ env: sound, now: () => Date.now() - 301_000 }, "--journal", path);
    expect(past.not).toEqual(["warn recovery", "warn clock"]);
    const old = { node: "24.14.1", sqlite: "3.51.2" };
    expect((await examine({ env: sound, versions: old }, "--journal", path)).not).toContain("fail journal");
    writeFileSync(path, "");
    expect(await examine({ env: sound }, "--journal", path)).toMatchObject({ code: 1, not: ["fail journal"] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("no value of a variable is printed, and colours only where they are wanted", async () => {
  const secret = "c4n4ry";
  const names = ["AWS_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
  const endpoints = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SECRETSMANAGER"];
  const env = Object.fromEntries([...names, ...endpoints].map((name) => [name, `"${secret}`]));
  const cli = captured({ env, colours: true });
  await cli.run("doctor");
  await cli.run("doctor", "--json");
  expect(cli.out()).toContain("AWS_SECRET_ACCESS_KEY");
  expect(cli.out() + cli.err()).not.toContain(secret);
  expect(cli.out()).toContain("\u001b[31mfail");
  const plain = captured({ env: { NO_COLOR: "1" }, colours: true });
  await plain.run("doctor");
  expect(plain.out()).not.toContain("\u001b");
});
