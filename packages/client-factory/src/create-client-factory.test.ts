import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { OptionError } from "@holdfast/errors";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, expectTypeOf, test } from "vitest";
import type { ClearFilter, ClientFactory, ClientOptions } from "./client-factory.ts";
import { createClientFactory } from "./create-client-factory.ts";
import type { ClientFactoryOptions } from "./factory-options.ts";

let aws: LocalAws;
const open: ClientFactory[] = [];
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.close());
afterEach(async () => {
  for (const factory of open.splice(0)) await factory.close();
});

function factoryOf(options: ClientFactoryOptions = {}): ClientFactory {
  const factory = createClientFactory({ ...aws.clientConfig(), localOnly: true, ...options });
  open.push(factory);
  return factory;
}

const role = "arn:aws:iam::444455556666:role/Deploy";

test("gives the very type of the class it was given", () => {
  const client = factoryOf().client(SecretsManagerClient, { config: { useFipsEndpoint: false } });
  expectTypeOf(client).toEqualTypeOf<SecretsManagerClient>();
  // @ts-expect-error: not in this client's configuration
  factoryOf().client(SecretsManagerClient, { config: { forcePathStyle: true } });
});

test("the same request gives the same client, however it is written", () => {
  const factory = factoryOf();
  const options = (): ClientOptions => ({
    region: "eu-west-1",
    config: { userAgentAppId: "a", nested: { list: [1, { b: 2 }] } },
  });
  expect(factory.client(SecretsManagerClient, options())).toBe(factory.client(SecretsManagerClient, options()));
  expect(factory.client(SecretsManagerClient)).toBe(factory.client(SecretsManagerClient, {}));
  expect(factory.client(SecretsManagerClient, { region: "us-east-1" })).toBe(factory.client(SecretsManagerClient));
  expect(factory.stats()).toMatchObject({ clients: 2, hits: 4, misses: 2 });
});

test("two callers at once get one client", async () => {
  const factory = factoryOf();
  const clients = await Promise.all(Array.from({ length: 50 }, async () => factory.client(SecretsManagerClient)));
  expect(new Set(clients).size).toBe(1);
});

const different: [string, ClientOptions][] = [
  ["region", { region: "eu-west-1" }],
  ["endpoint", { endpoint: "http://127.0.0.1:1" }],
  ["profile", { profile: "other" }],
  ["tier", { tier: "ai" }],
  ["tier's numbers", { tier: { readTimeoutMs: 1 } }],
  ["role", { role }],
  ["external id", { role: { roleArn: role, externalId: "tenant" } }],
  ["chain of roles", { role: [role, "arn:aws:iam::777788889999:role/Next"] }],
  ["plain configuration", { config: { userAgentAppId: "a" } }],
  ["another plain configuration", { config: { userAgentAppId: "b" } }],
  ["function", { config: { logger: console } }],
];

test("whatever matters makes another client", () => {
  const factory = factoryOf();
  const clients = [{}, ...different.map(([, options]) => options)].map((options) =>
    factory.client(SecretsManagerClient, options),
  );
  expect(new Set(clients).size).toBe(different.length + 1);
  const again = [{}, ...different.map(([, options]) => options)].map((options) =>
    factory.client(SecretsManagerClient, options),
  );
  expect(again).toEqual(clients);
  expect(new Set([...clients, ...again]).size).toBe(different.length + 1);
  expect(factory.client(DynamoDBClient)).toBeInstanceOf(DynamoDBClient);
});

test("functions and objects of classes are told apart by identity", () => {
  const factory = factoryOf();
  const one = () => {};
  const two = () => {};
  const of = (debug: () => void) =>
    factory.client(SecretsManagerClient, { config: { logger: { debug, info() {}, warn() {}, error() {} } as never } });
  expect(of(one)).not.toBe(of(two));
});

test("a configuration that is changed after it was given is another configuration", () => {
  const factory = factoryOf();
  const config = { userAgentAppId: "before" };
  const before = factory.client(SecretsManagerClient, { config });
  config.userAgentAppId = "after";
  expect(factory.client(SecretsManagerClient, { config })).not.toBe(before);
  expect(factory.client(SecretsManagerClient, { config: { userAgentAppId: "before" } })).toBe(before);
});

test("same options, same client; different options, different client: for any options", () => {
  const options = fc.record(
    {
      region: fc.constantFrom("us-east-1", "eu-west-1", "cn-north-1"),
      endpoint: fc.constantFrom("http://127.0.0.1:1", "http://127.0.0.1:2"),
      tier: fc.constantFrom("standard", "data", "ai", "long-poll"),
      config: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom(1, "1", null, [1], { x: 1 }), {
        maxKeys: 2,
      }),
    },
    { requiredKeys: [] },
  );
  const factory = factoryOf({ maxClients: 10_000 });
  const normal = ({ region, endpoint, tier, config }: ClientOptions) =>
    JSON.stringify([region ?? "us-east-1", endpoint, tier, Object.entries(config ?? {}).sort()]);
  fc.assert(
    fc.property(options, options, (one, other) => {
      const same =
        factory.client(SecretsManagerClient, one as ClientOptions) ===
        factory.client(SecretsManagerClient, structuredClone(other) as ClientOptions);
      return same === (normal(one as ClientOptions) === normal(other as ClientOptions));
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

test("a client for a local endpoint is never given to someone who asked for AWS", () => {
  const factory = createClientFactory({ region: "us-east-1" });
  open.push(factory);
  const local = factory.client(SecretsManagerClient, { endpoint: aws.endpoint });
  expect(factory.client(SecretsManagerClient)).not.toBe(local);
});

test("clients work, with the factory's endpoint, region and credentials", async () => {
  const factory = factoryOf({ region: "eu-west-1" });
  await factory.client(SecretsManagerClient).send(new CreateSecretCommand({ Name: "f", SecretString: "value" }));
  const there = await factory.client(SecretsManagerClient).send(new GetSecretValueCommand({ SecretId: "f" }));
  expect(there.SecretString).toBe("value");
  const elsewhere = factory.client(SecretsManagerClient, { region: "us-east-1" });
  await expect(elsewhere.send(new GetSecretValueCommand({ SecretId: "f" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test("a filter that there is not clears nothing", () => {
  const factory = factoryOf({ region: "us-east-1" });
  factory.client(SecretsManagerClient);
  const misspelt = { acountId: "444455556666" } as ClearFilter;
  expect(() => factory.clear(misspelt)).toThrow("the options of clear() are service, region, accountId");
  expect(factory.stats().clients).toBe(1);
});

test("clear drops by service, region and account, and counts", () => {
  const factory = factoryOf({ region: "us-east-1" });
  const fill = () => {
    factory.client(SecretsManagerClient);
    factory.client(SecretsManagerClient, { region: "eu-west-1" });
    factory.client(DynamoDBClient, { region: "eu-west-1" });
    factory.client(DynamoDBClient, { role });
  };
  fill();
  const kept = factory.client(SecretsManagerClient);
  expect(factory.clear({ service: "SecretsManager", region: "eu-west-1" })).toBe(1);
  expect(factory.clear({ accountId: "444455556666" })).toBe(1);
  expect(factory.client(SecretsManagerClient)).toBe(kept);
  fill();
  expect(factory.clear({ service: "DynamoDB" })).toBe(2);
  expect(factory.clear()).toBe(2);
  expect(factory.stats().clients).toBe(0);
  expect(factory.client(SecretsManagerClient)).not.toBe(kept);
});

test("services can be put in other tiers, and a client in another than its service", () => {
  const factory = factoryOf({ tierByService: { SecretsManager: "ai" } });
  const tiers: string[] = [];
  factory.onClient(({ tier }) => tiers.push(tier));
  factory.client(SecretsManagerClient);
  factory.client(SecretsManagerClient, { tier: "long-poll" });
  factory.client(DynamoDBClient);
  expect(tiers).toEqual(["ai", "long-poll", "data"]);
});

test("a closed factory makes no clients", async () => {
  const factory = createClientFactory();
  await factory.close();
  expect(() => factory.client(SecretsManagerClient)).toThrow(/closed/);
  expect(() => factory.assumeRole({ roleArn: role })).toThrow(/closed/);
  await factory.close();
});

test("closing the factory of a role drops its clients, and leaves the others alone", async () => {
  const factory = factoryOf();
  const own = factory.client(SecretsManagerClient);
  const account = factory.assumeRole({ roleArn: role });
  const theirs = account.client(SecretsManagerClient);
  await account.close();
  expect(factory.stats().clients).toBe(1);
  expect(factory.client(SecretsManagerClient)).toBe(own);
  expect(account.client(SecretsManagerClient)).not.toBe(theirs);
});

test("credentials and a profile are two answers to one question", () => {
  const credentials = { accessKeyId: "AKIA", secretAccessKey: "s" };
  expect(() => factoryOf().client(SecretsManagerClient, { profile: "p", credentials })).toThrow(OptionError);
});

test("await using closes", async () => {
  let kept: ClientFactory;
  {
    await using factory = createClientFactory();
    kept = factory;
  }
  expect(() => kept.client(SecretsManagerClient)).toThrow(/closed/);
});

test("onClient tells of each client made", () => {
  const factory = factoryOf();
  const seen: unknown[] = [];
  factory.onClient((event) => seen.push(event));
  factory.client(DynamoDBClient);
  factory.client(DynamoDBClient);
  factory.client(DynamoDBClient, { role, region: "eu-west-1" });
  expect(seen).toEqual([
    { client: "DynamoDBClient", service: "DynamoDB", region: "us-east-1", accountId: undefined, tier: "data" },
    { client: "DynamoDBClient", service: "DynamoDB", region: "eu-west-1", accountId: "444455556666", tier: "data" },
  ]);
});

test.each<[string, ClientFactoryOptions, string]>([
  ["an endpoint without a scheme", { endpoint: "localhost" }, "endpoint"],
  ["an account that is none", { expectedAccount: "12" }, "expectedAccount"],
  ["a region that is none", { region: "EU West" }, "region"],
  ["an empty profile", { profile: "" }, "profile"],
  ["an unknown tier", { tiers: { fast: {} } as never }, "tiers"],
  ["an unknown tier of a service", { tierByService: { S3: "fast" as never } }, "tierByService.S3"],
  ["no sockets", { sockets: { maxSockets: 0 } }, "sockets.maxSockets"],
  ["no clients", { maxClients: 0 }, "maxClients"],
  ["credentials without a key", { credentials: {} as never }, "credentials"],
  ["a policy that is none", { policy: {} as never }, "policy"],
])("refuses %s", (_, options, option) => {
  expect(() => createClientFactory(options)).toThrow(OptionError);
  expect(() => createClientFactory(options)).toThrow(expect.objectContaining({ option }));
});

test("a client's own retryStrategy beside the factory's policy is refused", async () => {
  const policy = {
    execute: async <T>(fn: (context: { signal: AbortSignal }) => Promise<T>) =>
      fn({ signal: new AbortController().signal }),
  };
  const factory = factoryOf({ policy });
  expect(() => factory.client(SecretsManagerClient, { config: { retryStrategy: {} as never } })).toThrow(OptionError);
});
