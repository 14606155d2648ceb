import { Readable } from "node:stream";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { attemptLedgerKey, CircuitOpenError } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { noop } from "cockatiel";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { policyPlugin } from "./policy-plugin.ts";
import type { SdkPolicy } from "./sdk-policy.ts";

/** Waiting ends as soon as what is waited for is so; only a machine under load needs this long. */
const patient = { timeout: 10_000, interval: 5 };

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ quotas: false });
});
afterAll(() => aws.close());
afterEach(() => {
  aws.faults.clear();
  aws.clearCalls();
});

type Attempt = (context: { readonly signal: AbortSignal }) => Promise<unknown>;

const policyOf = (run: (attempt: Attempt, signal: AbortSignal) => Promise<unknown>): SdkPolicy => ({
  execute: (fn, signal) => run(fn as Attempt, signal ?? new AbortController().signal),
});
const poll = () => new ReceiveMessageCommand({ QueueUrl: "http://q/1/q" });

test.each([
  ["an open circuit", () => new CircuitOpenError({ circuit: "sqs", since: 0, retryAfterMs: 1 })],
  ["a full limiter", () => Object.assign(new Error("full"), { code: "ERR_LIMIT_REACHED" })],
  [
    "an empty retry budget",
    () =>
      Object.assign(new Error("503"), {
        $metadata: { httpStatusCode: 503 },
        [attemptLedgerKey]: { attempts: [], stopReason: "budget", elapsedMs: 0 },
      }),
  ],
])("a long poll refused by %s pauses before it fails, so that its consumer does not spin", async (_, refusal) => {
  const clock = manualClock();
  const client = new SQSClient(aws.clientConfig());
  client.middlewareStack.use(
    policyPlugin(
      policyOf(async () => Promise.reject(refusal())),
      { clock, random: () => 0.5 },
    ),
  );
  let failed = false;
  const polled = client.send(poll()).catch(() => {
    failed = true;
  });
  await vi.waitFor(() => expect(clock.pending).toBe(1), patient);
  await clock.advance(24);
  expect(failed).toBe(false);
  await clock.advance(1);
  await polled;
  expect([failed, clock.pending]).toEqual([true, 0]);
});

test("the pause of a refused long poll ends when its caller gives up", async () => {
  const clock = manualClock();
  const aborter = new AbortController();
  const client = new SQSClient(aws.clientConfig());
  const refusing = policyOf(async () =>
    Promise.reject(new CircuitOpenError({ circuit: "sqs", since: 0, retryAfterMs: 1 })),
  );
  client.middlewareStack.use(policyPlugin(refusing, { clock, random: () => 0.5 }));
  const polled = client.send(poll(), { abortSignal: aborter.signal });
  await vi.waitFor(() => expect(clock.pending).toBe(1), patient);
  aborter.abort();
  await expect(polled).rejects.toThrow();
  expect(clock.pending).toBe(0);
});

test("a refusal of another operation, or an error of the service, is told at once", async () => {
  const clock = manualClock();
  const refusing = policyOf(async () =>
    Promise.reject(new CircuitOpenError({ circuit: "x", since: 0, retryAfterMs: 1 })),
  );
  const dynamodb = new DynamoDBClient(aws.clientConfig());
  dynamodb.middlewareStack.use(policyPlugin(refusing, { clock, random: () => 0.5 }));
  await expect(dynamodb.send(new ListTablesCommand({}))).rejects.toThrow(CircuitOpenError);
  const sqs = new SQSClient(aws.clientConfig());
  sqs.middlewareStack.use(policyPlugin(noop, { clock, random: () => 0.5 }));
  aws.faults.add({ fault: "error", status: 500 });
  await expect(sqs.send(poll())).rejects.toMatchObject({ $metadata: { attempts: 1 } });
});

test("two attempts at once, as of a hedge, each have a number and a request of their own", async () => {
  aws.respond({ service: "dynamodb", reply: { output: { TableNames: [] } } });
  const both = policyOf(async (attempt, signal) => {
    const [first] = await Promise.all([attempt({ signal }), attempt({ signal })]);
    return first;
  });
  const client = new DynamoDBClient(aws.clientConfig());
  client.middlewareStack.use(policyPlugin(both));
  expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([]);
  expect(
    aws
      .calls()
      .map(({ attempt }) => attempt)
      .sort(),
  ).toEqual([1, 2]);
});

test("a policy that asks for a stream again at once is given the failure of its one attempt", async () => {
  const responder = aws.respond({
    service: "s3",
    reply: { raw: { status: 503, body: "<Error><Code>SlowDown</Code></Error>" } },
  });
  const again = policyOf((attempt, signal) => attempt({ signal }).catch(() => attempt({ signal })));
  const client = new S3Client({
    ...aws.clientConfig(),
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  client.middlewareStack.use(policyPlugin(again));
  const Body = Readable.from([Buffer.alloc(10)]);
  const put = client.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body, ContentLength: 10 }));
  await expect(put).rejects.toMatchObject({ name: "SlowDown", $metadata: { attempts: 1 } });
  expect(aws.calls()).toHaveLength(1);
  responder.remove();
});

test("an answer that came too late, or that lost, lets go of its stream and socket", async () => {
  aws.respond({ service: "s3", reply: { raw: { status: 200, body: Buffer.alloc(2_000_000) } } });
  const outputs: { Body?: { destroyed?: boolean } }[] = [];
  const second = policyOf(async (attempt, signal) => {
    for (let i = 0; i < 2; i += 1) outputs.push((await attempt({ signal })) as { Body?: { destroyed?: boolean } });
    return outputs[1];
  });
  const client = new S3Client({ ...aws.clientConfig(), forcePathStyle: true });
  client.middlewareStack.use(policyPlugin(second));
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "b", Key: "k" }));
  expect(outputs[0]?.Body?.destroyed).toBe(true);
  expect((await Body?.transformToByteArray())?.length).toBe(2_000_000);
});

test("an error that cannot be written on passes as it is", async () => {
  const frozen = Object.freeze(new Error("frozen"));
  const client = new DynamoDBClient(aws.clientConfig());
  client.middlewareStack.addRelativeTo(
    () => async () => {
      throw frozen;
    },
    { relation: "after", toMiddleware: "retryMiddleware", name: "freezer" },
  );
  client.middlewareStack.use(policyPlugin(noop));
  await expect(client.send(new ListTablesCommand({}))).rejects.toBe(frozen);
});
