import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { counter } from "../counter.ts";
import { createMetrics } from "../create-metrics.ts";
import { defineMetrics } from "../define-metrics.ts";
import { distribution } from "../distribution.ts";
import { gauge } from "../gauge.ts";
import { memorySink } from "../memory-sink.ts";
import { timer } from "../timer.ts";
import { metricsRecorder } from "./metrics-recorder.ts";
import { sdkMetrics } from "./sdk-metrics.ts";
import { sdkMetricsPlugin } from "./sdk-metrics-plugin.ts";

let local: LocalAws;
beforeAll(async () => {
  local = await startLocalAws({ quotas: false });
});
afterAll(() => local.close());

const requests = defineMetrics({
  requestDuration: timer({ dimensions: ["operation", "outcome"], description: "Time of one request." }),
  attempts: counter({ dimensions: ["operation"], description: "Attempts." }),
  queueDepth: gauge({ description: "Depth." }),
  hitRatio: distribution({ description: "Ratio." }),
});

function setUp() {
  const memory = memorySink();
  const definitions = { ...sdkMetrics, ...requests };
  const metrics = createMetrics({ definitions, namespace: "Test", sinks: [memory] });
  const client = new SecretsManagerClient({ ...local.clientConfig(), maxAttempts: 3 });
  client.middlewareStack.use(sdkMetricsPlugin({ metrics }));
  const call = { client: "SecretsManagerClient", operation: "GetSecretValue" };
  const get = (options = {}) =>
    client.send(new GetSecretValueCommand({ SecretId: "none" }), options).catch((error) => error);
  return { memory, metrics, call, get };
}

test("records duration, attempts, pauses and the error of a call, by client and operation", async () => {
  const { memory, metrics, call, get } = setUp();
  local.faults.add({ operation: "GetSecretValue", fault: "throttle", times: 1 });
  await get();
  await metrics.close();
  expect(memory.total("sdkCallErrors", { ...call, error: "ResourceNotFoundException" })).toBe(1);
  expect(memory.total("sdkCallAttempts", call)).toBe(2);
  expect(memory.points("sdkCallDuration", { ...call, outcome: "failure" })).toHaveLength(1);
  expect(memory.total("sdkRetryDelay", call)).toBeGreaterThanOrEqual(0);
});

test("records the pauses that the SDK tells of, where there were any", async () => {
  const { memory, metrics } = setUp();
  const call = { client: "ShopClient", operation: "PlaceOrder" };
  for (const totalRetryDelay of [120, 0]) {
    let send: (() => Promise<unknown>) | undefined;
    sdkMetricsPlugin({ metrics }).applyToStack({
      add(middleware) {
        const answer = async () => ({ output: { $metadata: { attempts: 3, totalRetryDelay } } });
        const handler = middleware(answer, { clientName: "ShopClient", commandName: "PlaceOrderCommand" });
        send = () => handler({} as never);
      },
    });
    await send?.();
  }
  await metrics.close();
  expect(memory.total("sdkRetryDelay", call)).toBe(120);
  expect(memory.points("sdkRetryDelay", call)[0]?.measurement).toMatchObject({ histogram: { count: 1 } });
  expect(memory.total("sdkCallAttempts", call)).toBe(6);
});

test("tells the recorder given to one call, and ours records into metrics", async () => {
  const { memory, metrics, get } = setUp();
  await get({ metricsRecorder: metricsRecorder({ metrics }) });
  await get();
  await metrics.close();
  expect(memory.total("attempts", { operation: "GetSecretValue" })).toBe(1);
  expect(memory.points("requestDuration", { operation: "GetSecretValue", outcome: "failure" })).toHaveLength(1);
});

test("a recorder that throws breaks nothing", async () => {
  const { get } = setUp();
  const broken = new Proxy({} as ReturnType<typeof metricsRecorder>, {
    get: () => () => {
      throw new Error("broken recorder");
    },
  });
  await expect(get({ metricsRecorder: broken })).resolves.toMatchObject({ name: "ResourceNotFoundException" });
});

test("a recorder takes names in any case, properties as dimensions, and leaves out what is not defined", async () => {
  const { memory, metrics } = setUp();
  const recorder = metricsRecorder({ metrics, dimensions: { operation: "List" } });
  recorder.begin();
  recorder.addCount("Attempts", 2);
  recorder.setProperty("Operation", "Get");
  recorder.addCount("attempts", 3);
  recorder.addLevel("queue-depth", 4);
  recorder.addRatio("HitRatio", 0.5);
  recorder.addTime("unknown", 1);
  recorder.addMetric("queueDepth", 9); // a gauge does not record
  recorder.end();
  await metrics.close();
  expect(memory.total("attempts", { operation: "List" })).toBe(2);
  expect(memory.total("attempts", { operation: "Get" })).toBe(3);
  expect(memory.total("queueDepth")).toBe(4);
  expect(memory.total("hitRatio")).toBe(0.5);
  expect(recorder.getMetrics()).toBe(metrics);
});
