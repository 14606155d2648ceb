/**
 * What it costs to run a policy as the retry loop of a client, beside the SDK's own loop. The client is a real one;
 * its request handler answers at once, without a network, so that the loop can be seen: microseconds per call,
 * medians, a call of each in turn.
 */
import { Readable } from "node:stream";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { noop as cockatielNoop, retry as cockatielRetry, handleAll } from "cockatiel";
import { policyPlugin } from "../../packages/client-factory/src/index.ts";
import { retry } from "../../packages/retry/src/index.ts";
import { median, report, smoke } from "../report.ts";

const { rounds, warmUp } = smoke ? { rounds: 200, warmUp: 50 } : { rounds: 6_000, warmUp: 3_000 };
const text = JSON.stringify({ Name: "name", SecretString: "value" });

// What the SDK takes for an answer: an HttpResponse by its shape.
const requestHandler = {
  metadata: { handlerProtocol: "http/1.1" },
  async handle() {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "id" };
    return { response: { statusCode: 200, headers, body: Readable.from([Buffer.from(text)]) } };
  },
  destroy() {},
  updateHttpClientConfig() {},
  httpHandlerConfigs: () => ({}),
};
const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret" };
const client = (policy?: Parameters<typeof policyPlugin>[0]) => {
  const made = new SecretsManagerClient({ region: "us-east-1", credentials, requestHandler: requestHandler as never });
  if (policy !== undefined) made.middlewareStack.use(policyPlugin(policy));
  return made;
};

const candidates = {
  "the SDK's own loop": client(),
  "policyPlugin, a policy that does nothing": client(cockatielNoop),
  "policyPlugin, cockatiel's retry": client(cockatielRetry(handleAll, { maxAttempts: 2 })),
  "policyPlugin, our retry": client(retry()),
  "policyPlugin, our retry by a selector": client(() => ours),
};
const ours = retry();

const samples = new Map(Object.keys(candidates).map((name) => [name, [] as number[]]));
const running = Object.entries(candidates);
for (let round = -warmUp; round < rounds; round += 1) {
  const first = (round + warmUp) % running.length;
  for (const [name, one] of [...running.slice(first), ...running.slice(0, first)]) {
    const start = performance.now();
    await one.send(new GetSecretValueCommand({ SecretId: "name" }));
    if (round >= 0) samples.get(name)?.push((performance.now() - start) * 1_000);
  }
}
const figures = Object.fromEntries([...samples].map(([name, values]) => [name, Math.round(median(values) * 10) / 10]));
const floor = figures["the SDK's own loop"]!;
const rows = Object.entries(figures).map(([candidate, microseconds]) => {
  return { candidate, "µs per call": microseconds, ratio: Math.round((microseconds / floor) * 1_000) / 1_000 };
});
console.table(rows);
const ratio = rows.find(({ candidate }) => candidate === "policyPlugin, our retry")!.ratio;
report("client-factory-plugin", { rows }, [
  { goal: "our retry as the loop ≤ 1.05 × the SDK's own", figure: `${ratio} ×`, met: ratio <= 1.05 },
]);
