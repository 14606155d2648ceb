import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { OptionError } from "@holdfast/errors";
import { expect, test } from "vitest";
import { defaultClientFactory } from "./default-client-factory.ts";

test("the project has one factory, made at its first use, until it is closed", async () => {
  const factory = defaultClientFactory({ region: "eu-west-1", name: "project" });
  expect(defaultClientFactory()).toBe(factory);
  expect(defaultClientFactory().name).toBe("project");
  expect(() => defaultClientFactory({ region: "us-east-1" })).toThrow(OptionError);
  const client = factory.client(SecretsManagerClient);
  expect(defaultClientFactory().client(SecretsManagerClient)).toBe(client);
  {
    await using closing = defaultClientFactory();
    expect(closing).toBe(factory);
  }
  const next = defaultClientFactory();
  expect(next).not.toBe(factory);
  await next.close();
});

test("two copies of the package share it", async () => {
  const path = "./default-client-factory.ts?copy";
  const copy = (await import(/* @vite-ignore */ path)) as { defaultClientFactory: typeof defaultClientFactory };
  expect(copy.defaultClientFactory).not.toBe(defaultClientFactory);
  const factory = defaultClientFactory();
  expect(copy.defaultClientFactory()).toBe(factory);
  await factory.close();
});
