import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { manualClock } from "@holdfast/errors/testing";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createClientFactory } from "../create-client-factory.ts";
import type { ClientFactoryOptions } from "../factory-options.ts";

/** Waiting ends as soon as what is waited for is so; only a machine under load needs this long. */
const patient = { timeout: 10_000, interval: 5 };

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
});
afterAll(() => aws.close());

const factoryOf = (options: ClientFactoryOptions) =>
  createClientFactory({ ...aws.clientConfig(), localOnly: true, ...options });

test("the least recently used client goes when there are too many", async () => {
  await using factory = factoryOf({ maxClients: 3 });
  const at = (region: string) => factory.client(SecretsManagerClient, { region });
  const [one, two, three] = [at("us-east-1"), at("us-east-2"), at("us-west-1")];
  expect(at("us-east-1")).toBe(one);
  at("us-west-2");
  expect(factory.stats()).toMatchObject({ clients: 3, evicted: 1 });
  expect(at("us-east-1")).toBe(one);
  expect(at("us-west-1")).toBe(three);
  expect(at("us-east-2")).not.toBe(two);
});

test("the cap counts the clients of roles too", async () => {
  await using factory = factoryOf({ maxClients: 2 });
  for (const account of ["444455556666", "777788889999", "222233334444"]) {
    factory.client(SecretsManagerClient, { role: `arn:aws:iam::${account}:role/Deploy` });
  }
  expect(factory.stats()).toMatchObject({ clients: 2, evicted: 1 });
});

test("an unused client is dropped after idleMs, and a used one is not", async () => {
  const clock = manualClock();
  await using factory = factoryOf({ idleMs: 1_000, clock });
  const idle = factory.client(SecretsManagerClient, { region: "eu-west-1" });
  const used = factory.client(SecretsManagerClient);
  const destroyed = vi.spyOn(idle, "destroy");
  for (let round = 0; round < 8; round += 1) {
    await clock.advance(250);
    expect(factory.client(SecretsManagerClient)).toBe(used);
    if (round === 2) expect(destroyed).not.toHaveBeenCalled();
  }
  expect(destroyed).toHaveBeenCalledTimes(1);
  expect(factory.stats()).toMatchObject({ clients: 1, evicted: 1 });
  expect(factory.client(SecretsManagerClient, { region: "eu-west-1" })).not.toBe(idle);
});

test("what is dropped during a call is destroyed after it, not in it", async () => {
  const clock = manualClock();
  await using factory = factoryOf({ maxClients: 1, idleMs: 1_000, clock });
  const busy = factory.client(SecretsManagerClient);
  const destroyed = vi.spyOn(busy, "destroy");
  const hang = aws.faults.add({ fault: "hang" });
  aws.clearCalls();
  const aborter = new AbortController();
  const running = busy.send(new ListSecretsCommand({}), { abortSignal: aborter.signal }).catch(() => {});
  await vi.waitFor(() => expect(aws.calls({ operation: "ListSecrets" })).toHaveLength(1), patient);
  factory.client(SecretsManagerClient, { region: "eu-west-1" });
  expect(factory.stats().evicted).toBe(1);
  await clock.advance(2_000);
  expect(destroyed).not.toHaveBeenCalled();
  aborter.abort();
  await running;
  hang.remove();
  await clock.advance(1_000);
  expect(destroyed).toHaveBeenCalledTimes(1);
  await expect(busy.send(new ListSecretsCommand({}))).resolves.toBeDefined(); // whoever holds it can go on
});

test("a call that begins as its client is dropped goes through all the same", async () => {
  await using factory = factoryOf({ maxClients: 1 });
  const running = factory.client(SecretsManagerClient).send(new ListSecretsCommand({}));
  factory.client(SecretsManagerClient, { region: "eu-west-1" });
  await expect(running).resolves.toBeDefined();
});

test("a client with a handler of its own is not destroyed during a call either", async () => {
  await using factory = factoryOf({ maxClients: 1 });
  const own = factory.client(SecretsManagerClient, { config: { requestHandler: new NodeHttpHandler() } });
  const destroyed = vi.spyOn(own, "destroy");
  const running = own.send(new ListSecretsCommand({}));
  factory.client(SecretsManagerClient);
  expect(destroyed).not.toHaveBeenCalled();
  await running;
});

test("an idle factory keeps no timer", async () => {
  const clock = manualClock();
  const factory = factoryOf({ idleMs: 1_000, clock });
  expect(clock.pending).toBe(0);
  factory.client(SecretsManagerClient);
  expect(clock.pending).toBe(1);
  await clock.advance(2_000);
  expect(clock.pending).toBe(0);
  factory.client(SecretsManagerClient);
  await factory.close();
  expect(clock.pending).toBe(0);
});
