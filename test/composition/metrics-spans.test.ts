import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { policyPlugin } from "@holdfast/client-factory";
import { classify, compose } from "@holdfast/errors";
import { startLocalAws } from "@holdfast/local-aws";
import { callSpans } from "@holdfast/metrics/opentelemetry";
import { constant, retry } from "@holdfast/retry";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";

test("a tracer shows the retries of an SDK client: a span for the call, one for each request, and why it waited", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const spans = callSpans({ tracer: provider.getTracer("test"), reason: (error) => classify(error).kind });
  await using local = await startLocalAws();
  local.faults.add({ operation: "GetSecretValue", fault: "throttle", times: 1 });
  const client = new SecretsManagerClient(local.clientConfig());
  const policy = compose(spans.call, retry({ backoff: constant({ delayMs: 5, jitter: "none" }) }), spans.attempt);
  client.middlewareStack.use(policyPlugin(policy));
  const outcome = client.send(new GetSecretValueCommand({ SecretId: "none" }));
  await expect(outcome).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  const [first, second, whole] = exporter.getFinishedSpans();
  expect(whole).toMatchObject({
    name: "SecretsManager/GetSecretValue",
    attributes: {
      "rpc.system": "aws-api",
      "rpc.method": "GetSecretValue",
      "retry.attempts": 2,
      "error.type": "not-found",
    },
  });
  expect(first?.attributes).toMatchObject({ "retry.attempt": 1, "error.type": "throttling" });
  expect(second?.attributes).toMatchObject({ "retry.attempt": 2, "retry.wait_reason": "throttling" });
  expect(second?.attributes["retry.wait_ms"]).toBeGreaterThanOrEqual(4);
  expect(second?.parentSpanContext?.spanId).toBe(whole?.spanContext().spanId);
});
