import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { circuitBreaker, circuitsByKey } from "@holdfast/circuit-breaker";
import { policyPlugin } from "@holdfast/client-factory";
import { compose } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { constant, retry } from "@holdfast/retry";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.faults.clear();
  aws.clearCalls();
});

const clientWith = (policy: Parameters<typeof policyPlugin>[0], region = "us-east-1") => {
  const client = new SecretsManagerClient(aws.clientConfig({ region }));
  client.middlewareStack.use(policyPlugin(policy));
  return client;
};
const get = (client: SecretsManagerClient, id = "absent") =>
  client.send(new GetSecretValueCommand({ SecretId: id })).catch((error: Error) => error);

describe("what AWS answers", () => {
  test.each([
    ["throttle", { fault: "throttle" }],
    ["not found", { fault: "latency", latencyMs: 0 }],
    ["access denied", { fault: "denied" }],
    ["expired credentials", { fault: "expired-credentials" }],
  ] as const)("%s does not open a circuit", async (_, fault) => {
    const circuit = circuitBreaker({ consecutiveFailures: 1 });
    const client = clientWith(circuit);
    aws.faults.add(fault);
    expect(await get(client)).toMatchObject({ $fault: "client" });
    expect(circuit.state).toBe("closed");
  });

  test.each([
    ["an internal error", { fault: "error" }],
    ["an outage of the region", { fault: "outage" }],
    ["a connection that is reset", { fault: "reset" }],
    ["a lost response", { fault: "lost-response" }],
    ["a proxy's HTML", { fault: "html" }],
  ] as const)("%s opens it", async (_, fault) => {
    const circuit = circuitBreaker({ consecutiveFailures: 1 });
    const client = clientWith(circuit);
    aws.faults.add(fault);
    const failure = await get(client);
    expect(circuit.state).toBe("open");
    aws.clearCalls();
    expect(await get(client)).toMatchObject({ code: "ERR_CIRCUIT_OPEN", cause: failure });
    expect(aws.calls()).toHaveLength(0);
  });
});

describe("a circuit for each account, region, service and operation, read from the request itself", () => {
  test.each([
    ["the-registry-itself", (circuits: ReturnType<typeof circuitsByKey>) => circuits],
    ["a-circuit-picked-per-call", (circuits: ReturnType<typeof circuitsByKey>) => (call: object) => circuits.get(call)],
  ])("%s: an outage opens the circuit of what is down, and of nothing else", async (name, policyOf) => {
    const circuits = circuitsByKey({ consecutiveFailures: 2 });
    const [east, west] = ["us-east-1", "eu-west-1"].map((region) => clientWith(policyOf(circuits), region));
    aws.faults.add({ fault: "error", status: 503, region: "us-east-1", operation: "GetSecretValue" });
    for (let call = 0; call < 3; call++) await get(east!);
    expect(await get(west!)).toMatchObject({ name: "ResourceNotFoundException" });
    await east!.send(new CreateSecretCommand({ Name: name, SecretString: "value" }));
    const states = circuits.list().map(({ name, state }) => `${state} ${name.replace(/^caller-\d+/, "caller")}`);
    expect(states).toEqual([
      "closed caller/us-east-1/SecretsManager/CreateSecret",
      "closed caller/eu-west-1/SecretsManager/GetSecretValue",
      "open caller/us-east-1/SecretsManager/GetSecretValue",
    ]);
    expect(aws.calls({ region: "us-east-1", operation: "GetSecretValue" })).toHaveLength(2);
  });
});

test("an outage under a retry that waits: it opens, probes, closes, and no call fails", async () => {
  const clock = manualClock();
  const circuits = circuitsByKey({ clock, consecutiveFailures: 3, openMs: 1_000, halfOpen: { others: "queue" } });
  const changes: string[] = [];
  circuits.onStateChange(({ to, reason }) => changes.push(`${to}: ${reason}`));
  const backoff = constant({ delayMs: 10, jitter: "none" });
  const client = clientWith(compose(retry({ clock, backoff, maxAttempts: 50, whenCircuitOpen: "wait" }), circuits));
  await client.send(new CreateSecretCommand({ Name: "kept", SecretString: "value" }));
  const outage = aws.faults.add({ fault: "outage", region: "us-east-1", operation: "GetSecretValue" });
  const results = Promise.all(Array.from({ length: 20 }, () => get(client, "kept")));
  let settled = false;
  results.then(() => {
    settled = true;
  });
  for (let step = 0; !settled && step < 2_000; step++) {
    if (changes.length >= 5) outage.remove();
    await clock.advance(100);
  }
  for (const result of await results) expect(result).toMatchObject({ SecretString: "value" });
  expect(changes.slice(0, 3)).toEqual([
    "open: consecutive-failures",
    "half-open: open-time-over",
    "open: probe-failed",
  ]);
  expect(changes.at(-1)).toBe("closed: probes-succeeded");
});
