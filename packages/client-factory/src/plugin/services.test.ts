import { Readable } from "node:stream";
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, PutItemCommand, paginateScan, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { GetRoleCommand, IAMClient, paginateListRoles } from "@aws-sdk/client-iam";
import { EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { InvokeCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Upload } from "@aws-sdk/lib-storage";
import { type LocalAws, type ScriptedReply, startLocalAws } from "@holdfast/local-aws";
import { ConstantBackoff, handleAll, retry } from "cockatiel";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { policyPlugin } from "./policy-plugin.ts";
import type { SdkPlugin } from "./sdk-shapes.ts";

let aws: LocalAws;
const cleanups: (() => void)[] = [];
beforeAll(async () => {
  const key = { account: "111122223333", secretAccessKey: "secret" };
  aws = await startLocalAws({ quotas: false, accessKeys: { AKIAOLD: key, AKIANEW: key } });
});
afterAll(() => aws.close());
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
  aws.faults.clear();
  aws.clearCalls();
});

const retrying = () => policyPlugin(retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(1) }));

function using<Client extends { middlewareStack: { use(plugin: SdkPlugin): void }; destroy(): void }>(
  client: Client,
): Client {
  client.middlewareStack.use(retrying());
  cleanups.push(() => client.destroy());
  return client;
}

function script(service: string, operation: string | undefined, ...replies: ScriptedReply[]): void {
  cleanups.push(aws.respond({ service, operation, reply: replies }).remove);
}

const ok = (output: Record<string, unknown> = {}): ScriptedReply => ({ output });
const raw = (body: string | Uint8Array, status = 200, headers: Record<string, string> = {}): ScriptedReply => ({
  raw: { status, body, headers },
});
const xmlError = (code: string, status: number) =>
  raw(`<Error><Code>${code}</Code><Message>m</Message></Error>`, status, { "content-type": "application/xml" });

interface Case {
  readonly service: string;
  /** What the endpoint answers; none where it knows the service. */
  readonly reply?: ScriptedReply;
  readonly expired: ScriptedReply;
  readonly send: (config: never) => Promise<{ $metadata: { attempts?: number | undefined } }>;
}

const expired: ScriptedReply = { error: { code: "ExpiredTokenException", status: 400 } };
const cases: Case[] = [
  {
    service: "secretsmanager",
    expired,
    send: (config) => using(new SecretsManagerClient(config)).send(new ListSecretsCommand({})),
  },
  {
    service: "sts",
    expired: { error: { code: "ExpiredToken", status: 403 } },
    send: (config) => using(new STSClient(config)).send(new GetCallerIdentityCommand({})),
  },
  {
    service: "monitoring",
    reply: ok(),
    expired: { error: { code: "ExpiredToken", status: 403 } },
    send: (config) => using(new CloudWatchClient(config)).send(new DescribeAlarmsCommand({})),
  },
  {
    service: "dynamodb",
    reply: ok(),
    expired,
    send: (config) =>
      using(new DynamoDBClient(config)).send(new PutItemCommand({ TableName: "t", Item: { id: { S: "1" } } })),
  },
  {
    service: "sqs",
    reply: ok({ MessageId: "1" }),
    expired,
    send: (config) =>
      using(new SQSClient({ ...(config as object), md5: false })).send(
        new SendMessageCommand({ QueueUrl: "http://q/1/q", MessageBody: "b" }),
      ),
  },
  {
    service: "kms",
    reply: ok({ KeyId: "k" }),
    expired,
    send: (config) =>
      using(new KMSClient(config)).send(new EncryptCommand({ KeyId: "k", Plaintext: new Uint8Array(1) })),
  },
  {
    service: "ssm",
    reply: ok({ Parameter: { Name: "p" } }),
    expired,
    send: (config) => using(new SSMClient(config)).send(new GetParameterCommand({ Name: "p" })),
  },
  {
    service: "iam",
    reply: ok({ Role: { RoleName: "r" } }),
    expired: { error: { code: "ExpiredToken", status: 403 } },
    send: (config) => using(new IAMClient(config)).send(new GetRoleCommand({ RoleName: "r" })),
  },
  {
    service: "lambda",
    reply: raw('"done"'),
    expired,
    send: (config) => using(new LambdaClient(config)).send(new InvokeCommand({ FunctionName: "f" })),
  },
  {
    service: "s3",
    reply: raw("<ListAllMyBucketsResult></ListAllMyBucketsResult>"),
    expired: xmlError("ExpiredToken", 400),
    send: (config) => using(new S3Client(config)).send(new ListBucketsCommand({})),
  },
];

test.each(cases)("$service: the policy is the retry loop", async ({ service, reply, send }) => {
  if (reply !== undefined) script(service, undefined, reply);
  aws.faults.add({ fault: "reset", service, times: 2 });
  const { $metadata } = await send(aws.clientConfig() as never);
  expect($metadata.attempts).toBe(3);
  const calls = aws.calls({ service });
  expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(new Set(calls.map(({ invocationId }) => invocationId)).size).toBe(1);
});

test.each(cases)(
  "$service: expired credentials are renewed inside the call",
  async ({ service, reply, expired, send }) => {
    if (reply !== undefined) script(service, undefined, reply);
    cleanups.push(
      aws.respond({ service, when: ({ accessKeyId }) => accessKeyId === "AKIAOLD", reply: expired }).remove,
    );
    const credentials = async (options?: { forceRefresh?: boolean }) => ({
      accessKeyId: options?.forceRefresh === true ? "AKIANEW" : "AKIAOLD",
      secretAccessKey: "secret",
    });
    const { $metadata } = await send({ ...aws.clientConfig(), credentials } as never);
    expect($metadata.attempts).toBe(2);
    expect(aws.calls({ service }).map(({ accessKeyId }) => accessKeyId)).toEqual(["AKIAOLD", "AKIANEW"]);
  },
);

test("a gzipped body is sent again whole", async () => {
  const seen: number[] = [];
  const reply = ({ body }: { body: Buffer }) => {
    seen.push(body.length);
    return ok();
  };
  cleanups.push(aws.respond({ service: "monitoring", reply }).remove);
  aws.faults.add({ fault: "reset", service: "monitoring", times: 1 });
  const client = using(new CloudWatchClient(aws.clientConfig()));
  const data = Array.from({ length: 500 }, (_, i) => ({ MetricName: `metric-number-${i}`, Value: i }));
  const { $metadata } = await client.send(new PutMetricDataCommand({ Namespace: "n", MetricData: data }));
  expect($metadata.attempts).toBe(2);
  expect(aws.calls({ service: "monitoring" }).map(({ contentEncoding }) => contentEncoding)).toEqual(["gzip", "gzip"]);
  expect(seen).toHaveLength(1);
});

test("paginators: each page is a call of its own, retried by the policy", async () => {
  script(
    "dynamodb",
    "Scan",
    ok({ Items: [{ id: { S: "1" } }], LastEvaluatedKey: { id: { S: "1" } } }),
    ok({ Items: [{ id: { S: "2" } }] }),
  );
  script(
    "ssm",
    "GetParametersByPath",
    ok({ Parameters: [{ Name: "a" }], NextToken: "next" }),
    ok({ Parameters: [{ Name: "b" }] }),
  );
  script(
    "iam",
    "ListRoles",
    ok({ Roles: [{ RoleName: "a" }], IsTruncated: true, Marker: "m" }),
    ok({ Roles: [], IsTruncated: false }),
  );
  aws.faults.add({ fault: "reset", attempt: 1 });
  const pages = async (pages: AsyncIterable<{ $metadata: { attempts?: number | undefined } }>) => {
    const attempts = [];
    for await (const { $metadata } of pages) attempts.push($metadata.attempts);
    return attempts;
  };
  expect(
    await pages(paginateScan({ client: using(new DynamoDBClient(aws.clientConfig())) }, { TableName: "t" })),
  ).toEqual([2, 2]);
  expect(
    await pages(paginateGetParametersByPath({ client: using(new SSMClient(aws.clientConfig())) }, { Path: "/" })),
  ).toEqual([2, 2]);
  expect(await pages(paginateListRoles({ client: using(new IAMClient(aws.clientConfig())) }, {}))).toEqual([2, 2]);
});

test("waiters wait through failures that the policy retries", async () => {
  script(
    "dynamodb",
    "DescribeTable",
    ok({ Table: { TableStatus: "CREATING" } }),
    ok({ Table: { TableStatus: "ACTIVE" } }),
  );
  cleanups.push(aws.respond({ service: "lambda", reply: [raw('{"Configuration":{"State":"Active"}}')] }).remove);
  aws.faults.add({ fault: "reset", attempt: 1 });
  const waiter = { maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.02 };
  const table = await waitUntilTableExists(
    { client: using(new DynamoDBClient(aws.clientConfig())), ...waiter },
    { TableName: "t" },
  );
  expect(table.state).toBe("SUCCESS");
  expect(aws.calls({ operation: "DescribeTable" })).toHaveLength(4);
  const lambda = await waitUntilFunctionActiveV2(
    { client: using(new LambdaClient(aws.clientConfig())), ...waiter },
    { FunctionName: "f" },
  );
  expect(lambda.state).toBe("SUCCESS");
});

const s3 = () =>
  using(new S3Client({ ...aws.clientConfig(), forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" }));

test("S3: a body of bytes is retried whole", async () => {
  const bodies: number[] = [];
  cleanups.push(
    aws.respond({
      service: "s3",
      reply: ({ body }) => {
        bodies.push(body.length);
        return bodies.length === 1 ? xmlError("SlowDown", 503) : raw("");
      },
    }).remove,
  );
  const { $metadata } = await s3().send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: Buffer.alloc(70_000) }));
  expect($metadata.attempts).toBe(2);
  expect(bodies).toEqual([70_000, 70_000]);
});

test("S3: a stream is sent once, and its failure is the call's at once", async () => {
  script("s3", undefined, xmlError("SlowDown", 503));
  const client = new S3Client({
    ...aws.clientConfig(),
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  cleanups.push(() => client.destroy());
  client.middlewareStack.use(policyPlugin(retry(handleAll, { maxAttempts: 5, backoff: new ConstantBackoff(600_000) })));
  const Body = Readable.from([Buffer.alloc(1_000)]);
  await expect(
    client.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body, ContentLength: 1_000 })),
  ).rejects.toMatchObject({
    name: "SlowDown",
    $metadata: { attempts: 1 },
  });
  expect(aws.calls({ service: "s3" })).toHaveLength(1);
});

test("S3: a multipart upload of a stream retries its parts, which are bytes", async () => {
  let parts = 0;
  cleanups.push(
    aws.respond({
      service: "s3",
      reply: ({ method, search }) => {
        if (method === "POST" && search.includes("uploads"))
          return raw("<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
        if (method === "POST")
          return raw("<CompleteMultipartUploadResult><Key>k</Key></CompleteMultipartUploadResult>");
        parts += 1;
        return parts === 1 ? xmlError("InternalError", 500) : raw("", 200, { etag: '"e"' });
      },
    }).remove,
  );
  const upload = new Upload({
    client: s3(),
    params: { Bucket: "b", Key: "k", Body: Readable.from([Buffer.alloc(6_000_000), Buffer.alloc(1)]) },
  });
  await expect(upload.done()).resolves.toMatchObject({ Key: "k" });
  expect(parts).toBe(3); // two parts, one of them twice
});

test("S3: a download streams through the policy", async () => {
  script("s3", undefined, xmlError("SlowDown", 503), raw(Buffer.alloc(300_000, 7)));
  const { Body, $metadata } = await s3().send(new GetObjectCommand({ Bucket: "b", Key: "k" }));
  expect($metadata.attempts).toBe(2);
  expect((await Body?.transformToByteArray())?.length).toBe(300_000);
});

test("SQS: a long poll goes through, and one that is given up ends at once", async () => {
  script("sqs", "ReceiveMessage", ok({ Messages: [] }));
  aws.faults.add({ fault: "hang", times: 1, skip: 1 });
  const client = using(new SQSClient(aws.clientConfig()));
  const poll = () => new ReceiveMessageCommand({ QueueUrl: "http://q/1/q", WaitTimeSeconds: 20 });
  expect((await client.send(poll())).$metadata.attempts).toBe(1);
  const aborter = new AbortController();
  const hanging = client.send(poll(), { abortSignal: aborter.signal });
  setImmediate(() => aborter.abort(new Error("shutting down")));
  await expect(hanging).rejects.toThrow("shutting down");
});
