import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { circuitsByKey } from "@holdfast/circuit-breaker";
import { createClientFactory, policyPlugin } from "@holdfast/client-factory";
import { compose } from "@holdfast/errors";
import { adaptiveLimiter } from "@holdfast/limiter";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const down = "111122223333";
const well = "444455556666";
const down503 = { fault: "outage", account: down } as const;

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.faults.clear();
  aws.clearCalls();
});

/** A policy for clients of all accounts, and what it keeps of each. */
function shared() {
  const circuits = circuitsByKey({ consecutiveFailures: 2 });
  const limiter = adaptiveLimiter();
  return { circuits, limiter, policy: compose(circuits, limiter) };
}

const list = (client: SecretsManagerClient) =>
  client.send(new ListSecretsCommand({})).then(
    () => "answered",
    (error: Error & { code?: string }) => error.code ?? error.name,
  );

test("static keys of two accounts: an outage in one does not refuse the other, nor share its limit", async () => {
  const { circuits, limiter, policy } = shared();
  const plugin = policyPlugin(policy);
  const [one, other] = [down, well].map((account) => {
    const client = new SecretsManagerClient(aws.clientConfig({ account }));
    client.middlewareStack.use(plugin);
    return client;
  });
  aws.faults.add(down503);
  const outcomes = [await list(one!), await list(one!), await list(one!), await list(other!), await list(other!)];
  expect(outcomes).toEqual([
    "ServiceUnavailableException",
    "ServiceUnavailableException",
    "ERR_CIRCUIT_OPEN",
    "answered",
    "answered",
  ]);
  expect(circuits.list().map(({ state }) => state)).toEqual(["closed", "open"]);
  const scopes = Object.keys(limiter.snapshot().scopes);
  expect(scopes).toEqual(
    circuits
      .list()
      .map(({ name }) => name)
      .reverse(),
  );
  expect(scopes.map((scope) => scope.replace(/^caller-\d+/, "caller"))).toEqual(
    Array(2).fill("caller/us-east-1/SecretsManager/ListSecrets"),
  );
  for (const account of [down, well]) {
    const { accessKeyId } = aws.clientConfig({ account }).credentials;
    expect(scopes.join()).not.toContain(accessKeyId);
  }
});

test("clients that are given the same credentials object share a circuit", async () => {
  const { circuits, policy } = shared();
  const config = aws.clientConfig({ account: down });
  const clients = [new SecretsManagerClient(config), new SecretsManagerClient({ ...config, maxAttempts: 1 })];
  for (const client of clients) client.middlewareStack.use(policyPlugin(policy));
  aws.faults.add(down503);
  for (const client of [...clients, ...clients]) await list(client);
  expect(circuits.size).toBe(1);
  expect(aws.calls()).toHaveLength(2);
});

test("clients of one factory share a circuit, also when they first call after their credentials were renewed", async () => {
  const { circuits, policy } = shared();
  const { credentials, ...config } = aws.clientConfig({ account: down });
  await using factory = createClientFactory({ ...config, policy, credentials: async () => ({ ...credentials }) });
  const early = factory.client(SecretsManagerClient);
  const late = factory.client(SecretsManagerClient, { config: { maxAttempts: 9 } });
  expect(late).not.toBe(early);
  expect(await list(early)).toBe("answered");
  aws.faults.add({ fault: "expired-credentials", times: 1 });
  await list(early).catch(() => {});
  aws.faults.add(down503);
  await list(late);
  await list(late);
  expect(await list(early)).toBe("ERR_CIRCUIT_OPEN");
  expect(circuits.size).toBe(1);
});

test("one factory with credentials of two accounts keeps them apart", async () => {
  const { policy } = shared();
  const { credentials, ...config } = aws.clientConfig({ account: down });
  await using factory = createClientFactory({ ...config, policy, credentials });
  const base = factory.client(SecretsManagerClient);
  const other = factory.client(SecretsManagerClient, {
    credentials: aws.clientConfig({ account: well }).credentials,
  });
  aws.faults.add(down503);
  for (let call = 0; call < 3; call++) await list(base);
  expect(await list(base)).toBe("ERR_CIRCUIT_OPEN");
  expect(await list(other)).toBe("answered");
  await expect(other.send(new GetSecretValueCommand({ SecretId: "absent" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});
