import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";
import { manualClock } from "../manual-clock.ts";
import { callSpans } from "./call-spans.ts";

function setUp(options = {}) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const spans = callSpans({ tracer: provider.getTracer("test"), ...options });
  return { ...spans, finished: () => exporter.getFinishedSpans() };
}

const call = { service: "SecretsManager", operation: "GetSecretValue", region: "eu-west-1" };
const throttled = Object.assign(new Error("token=hunter2"), { name: "ThrottlingException" });

test("one span for the call and one for each attempt, which says what it waited for and how long", async () => {
  const clock = manualClock();
  const spans = setUp({ clock });
  const context = { signal: new AbortController().signal, call };
  const retried = spans.call.executeWithin(context, async (within) => {
    await spans.attempt.executeWithin(within, () => Promise.reject(throttled)).catch(() => undefined);
    await clock.advance(250);
    return spans.attempt.executeWithin(within, () => "value");
  });
  await expect(retried).resolves.toBe("value");
  const [first, second, whole] = spans.finished();
  expect(whole).toMatchObject({
    name: "SecretsManager/GetSecretValue",
    kind: SpanKind.INTERNAL,
    attributes: { "rpc.service": "SecretsManager", "cloud.region": "eu-west-1", "retry.attempts": 2 },
    status: { code: SpanStatusCode.UNSET },
  });
  for (const attempt of [first, second]) {
    expect(attempt?.parentSpanContext?.spanId).toBe(whole?.spanContext().spanId);
    expect(attempt?.kind).toBe(SpanKind.CLIENT);
  }
  expect(first).toMatchObject({
    attributes: { "retry.attempt": 1, "error.type": "ThrottlingException" },
    status: { code: SpanStatusCode.ERROR, message: "ThrottlingException" },
  });
  expect(first?.attributes).not.toHaveProperty("retry.wait_ms");
  expect(second?.attributes).toMatchObject({ "retry.attempt": 2, "retry.wait_reason": "ThrottlingException" });
  expect(second?.attributes["retry.wait_ms"]).toBe(250);
});

test("calls at the same time keep their attempts apart", async () => {
  const spans = setUp();
  const { signal } = new AbortController();
  await Promise.all(
    ["A", "B"].map((operation) =>
      spans.call.executeWithin({ signal, call: { operation } }, async (within) => {
        for (let attempt = 0; attempt < 3; attempt++) await spans.attempt.executeWithin(within, async () => attempt);
      }),
    ),
  );
  for (const operation of ["A", "B"]) {
    const whole = spans.finished().find(({ name }) => name === operation)!;
    const attempts = spans.finished().filter((span) => span.parentSpanContext?.spanId === whole.spanContext().spanId);
    expect(attempts.map(({ name, attributes }) => [name, attributes["retry.attempt"]])).toEqual([
      [`${operation} attempt`, 1],
      [`${operation} attempt`, 2],
      [`${operation} attempt`, 3],
    ]);
  }
});

test("passes results, errors and the signal through, in cockatiel's own way of calling", async () => {
  const spans = setUp({ name: "job" });
  const controller = new AbortController();
  await expect(spans.call.execute(({ signal }) => signal, controller.signal)).resolves.toBe(controller.signal);
  await expect(spans.call.execute(() => Promise.reject(throttled))).rejects.toBe(throttled);
  await expect(spans.attempt.execute(() => "without a call")).resolves.toBe("without a call");
  expect(spans.finished().map(({ name }) => name)).toEqual(["job", "job", "job attempt"]);
});

test("never writes an error's message; a reason can be given", async () => {
  const spans = setUp({ reason: () => "throttling" });
  await spans.call.execute(() => Promise.reject(throttled)).catch(() => undefined);
  const [span] = spans.finished();
  expect(span?.attributes["error.type"]).toBe("throttling");
  expect(JSON.stringify([span?.attributes, span?.events, span?.status])).not.toContain("hunter2");
});

test("refuses to be made without a tracer", () => {
  expect(() => callSpans({} as never)).toThrow(expect.objectContaining({ option: "tracer" }));
});
