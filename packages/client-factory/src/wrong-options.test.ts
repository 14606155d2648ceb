import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { OptionError } from "@holdfast/errors";
import { expect, test } from "vitest";
import { createClientFactory, policyPlugin } from "./index.ts";

const factory = () =>
  createClientFactory({
    region: "us-east-1",
    localOnly: true,
    endpoint: "http://127.0.0.1:1", // nothing listens there: what is refused here was refused without a request
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
  });

const roleArn = "arn:aws:iam::444455556666:role/Deploy";

test.each([
  ["its name", "SecretsManager"],
  ["nothing", undefined],
  ["an arrow", () => {}],
  ["a command", GetSecretValueCommand],
  ["a client", new SecretsManagerClient({ region: "us-east-1" })],
])("a client of %s in place of its class is refused", async (_, given) => {
  await using clients = factory();
  const make = () => clients.client(given as never);
  expect(make).toThrow(OptionError);
  expect(make).toThrow("Expected `clientClass` to be a client class of the AWS SDK v3, e.g. SecretsManagerClient");
});

test.each(["", "eu west 1", "EU-WEST-1", 7, null])(
  "the region %j is refused, of a factory and of a client",
  async (given) => {
    const region = given as string;
    expect(() => createClientFactory({ region })).toThrow("Expected `region` to be the name of a region");
    if (given === null) return; // a client without a region of its own has the factory's
    await using clients = factory();
    expect(() => clients.client(SecretsManagerClient, { region })).toThrow(OptionError);
    expect(clients.stats().clients).toBe(0);
  },
);

test.each(["localhost", "localhost:4566", "//localhost:4566", "", 7])(
  "the endpoint %j is refused, of a factory and of a client",
  async (given) => {
    const endpoint = given as string;
    const message = "Expected `endpoint` to be a URL of http or https, e.g. http://127.0.0.1:4566, got ";
    expect(() => createClientFactory({ endpoint })).toThrow(message);
    await using clients = factory();
    expect(() => clients.client(SecretsManagerClient, { endpoint })).toThrow(message);
    expect(clients.stats().clients).toBe(0);
  },
);

test.each(["99", "", "1111-2222-3333", 111122223333])("the account %j is refused", async (given) => {
  const expectedAccount = given as string;
  expect(() => createClientFactory({ expectedAccount })).toThrow("Expected `expectedAccount` to be the 12 digits");
  await using clients = factory();
  const refused = { name: "OptionError", option: "expectedAccount" };
  await expect(clients.validateCredentials({ expectedAccount })).rejects.toMatchObject(refused);
});

test.each([7, null, true])("the role %j is refused by name", async (given) => {
  await using clients = factory();
  expect(() => clients.client(SecretsManagerClient, { role: given as never })).toThrow(
    "Expected `role` to be a role's ARN or the options of assumeRole",
  );
});

const names = expect.stringContaining("left out: the options of ");
test.each<[string, (clients: ReturnType<typeof factory>, unknown: object) => unknown]>([
  ["createClientFactory()", (_, unknown) => createClientFactory(unknown)],
  ["client()", (clients, unknown) => clients.client(SecretsManagerClient, unknown)],
  ["assumeRole()", (clients, unknown) => clients.assumeRole({ roleArn, ...unknown })],
  ["client({ role })", (clients, unknown) => clients.client(SecretsManagerClient, { role: { roleArn, ...unknown } })],
  ["clear()", (clients, unknown) => clients.clear(unknown)],
  ["sockets", (_, unknown) => createClientFactory({ sockets: unknown })],
  ["tiers.data", (_, unknown) => createClientFactory({ tiers: { data: unknown } })],
  ["tier", (clients, unknown) => clients.client(SecretsManagerClient, { tier: unknown })],
  ["policyPlugin()", (_, unknown) => policyPlugin({ execute: async () => undefined as never }, unknown)],
])("%s refuses an option that it does not have, known clients or not", async (_, call) => {
  await using clients = factory();
  clients.client(SecretsManagerClient);
  const refused = expect.objectContaining({ name: "OptionError", option: "localonly", message: names });
  expect(() => call(clients, { localonly: true })).toThrow(refused);
  expect(() => call(clients, { localonly: undefined })).not.toThrow();
});

test("validateCredentials() refuses an option that it does not have", async () => {
  await using clients = factory();
  const validated = clients.validateCredentials({ region: "eu-west-1" } as never);
  await expect(validated).rejects.toMatchObject({ name: "OptionError", option: "region" });
});

test("regions to be asked are looked at before any is", async () => {
  await using clients = factory();
  const validated = clients.validateCredentials({ regions: ["eu-west-1", ""] });
  await expect(validated).rejects.toMatchObject({ name: "OptionError", option: "regions[1]" });
});
