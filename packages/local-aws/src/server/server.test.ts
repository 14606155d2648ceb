import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { failureOf, rig } from "../../test/rig.ts";
import { OptionError, startLocalAws } from "../index.ts";

const list = () => new ListSecretsCommand({});

test("sends nothing but what has a value, and errors in the shape of the wire", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const bodies: string[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as {
        headers: Record<string, string>;
        statusCode: number;
        body: AsyncIterable<Uint8Array>;
      };
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      bodies.push(`${response.statusCode} ${response.headers["content-type"]} ${body.toString()}`);
      Object.assign(response, { body });
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  await client.send(new CreateSecretCommand({ Name: "s" }));
  await failureOf(client.send(new GetSecretValueCommand({ SecretId: "none" })));
  expect(bodies[0]).toMatch(/^200 application\/x-amz-json-1\.1 \{"ARN":"[^"]+","Name":"s"\}$/);
  expect(bodies[1]).toBe(
    `400 application/x-amz-json-1.1 {"__type":"ResourceNotFoundException","Message":"Secrets Manager can't find the specified secret."}`,
  );
});

test("wants a ClientRequestToken from a client that does not make one", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s" }));
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: Uint8Array | string; headers: Record<string, string> };
      const text = new TextDecoder().decode(request.body as Uint8Array);
      const { ClientRequestToken: _token, ...rest } = JSON.parse(text) as Record<string, unknown>;
      request.body = JSON.stringify(rest);
      request.headers["content-length"] = String(request.body.length);
      return next(args);
    },
    { step: "build", priority: "low" },
  );
  const error = await failureOf(client.send(new PutSecretValueCommand({ SecretId: "s", SecretString: "1" })));
  expect(error).toMatchObject({
    name: "InvalidRequestException",
    message: "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
  });
});

test("refuses a key it does not know, a wrong secret, a wrong service and no signature", async () => {
  await using aws = await rig();
  const { credentials, ...config } = aws.local.clientConfig();
  const send = (keys: object) => {
    const client = new SecretsManagerClient({ ...config, maxAttempts: 1, credentials: { ...credentials, ...keys } });
    return failureOf(client.send(list()));
  };
  expect((await send({ accessKeyId: "AKIAUNKNOWN" })).name).toBe("UnrecognizedClientException");
  expect((await send({ secretAccessKey: "wrong" })).name).toBe("InvalidSignatureException");
  expect((await send({ sessionToken: "none was given" })).name).toBe("UnrecognizedClientException");
  const sts = new STSClient({ ...config, maxAttempts: 1, credentials: { ...credentials, secretAccessKey: "wrong" } });
  expect(await failureOf(sts.send(new GetCallerIdentityCommand({})))).toMatchObject({
    name: "SignatureDoesNotMatch",
    $metadata: { httpStatusCode: 403 },
  });
  const headers = { "x-amz-target": "secretsmanager.ListSecrets", "content-type": "application/x-amz-json-1.1" };
  const unsigned = await fetch(aws.local.endpoint, { method: "POST", headers, body: "{}" });
  expect([unsigned.status, await unsigned.json()]).toEqual([
    400,
    { __type: "MissingAuthenticationTokenException", Message: "Missing Authentication Token" },
  ]);
});

test("takes keys that it was told of", async () => {
  const accessKeys = { AKIDEXAMPLE: { account: "777788889999", secretAccessKey: "example" } };
  await using aws = await rig({ accessKeys });
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
  const { Account } = await aws.sts({ credentials }).send(new GetCallerIdentityCommand({}));
  expect(Account).toBe("777788889999");
});

test("says in the service's own protocol what it does not implement, and how to answer it", async () => {
  await using aws = await rig();
  const dynamoDb = new DynamoDBClient({ ...aws.local.clientConfig(), maxAttempts: 1 });
  const get = () => dynamoDb.send(new GetItemCommand({ TableName: "t", Key: { id: { S: "1" } } }));
  expect(await failureOf(get())).toMatchObject({
    name: "UnknownOperationException",
    message:
      "The local endpoint does not implement the service dynamodb; add a scripted responder with respond() to answer it",
  });
  const responder = aws.local.respond({
    service: "dynamodb",
    operation: "GetItem",
    reply: [
      { error: { code: "ProvisionedThroughputExceededException", message: "slow down" } },
      { output: { Item: { id: { S: "1" } } } },
    ],
  });
  expect((await failureOf(get())).name).toBe("ProvisionedThroughputExceededException");
  expect((await get()).Item).toEqual({ id: { S: "1" } });
  expect((await get()).Item).toEqual({ id: { S: "1" } });
  expect(responder.answered).toBe(3);
  responder.remove();
  expect((await failureOf(get())).name).toBe("UnknownOperationException");
  dynamoDb.destroy();
});

test("a responder may make its reply from the request, later, and stand in for a known operation", async () => {
  await using aws = await rig();
  aws.local.respond({
    service: "secretsmanager",
    operation: "GetSecretValue",
    when: ({ input }) => input.SecretId === "scripted",
    reply: async ({ input, region }) => ({ output: { Name: input.SecretId, SecretString: region } }),
  });
  const client = aws.secretsManager({ region: "eu-west-1" });
  expect((await client.send(new GetSecretValueCommand({ SecretId: "scripted" }))).SecretString).toBe("eu-west-1");
  expect((await failureOf(client.send(new GetSecretValueCommand({ SecretId: "other" })))).name).toBe(
    "ResourceNotFoundException",
  );
});

test("a responder answers requests that nobody signed, but none of a session that has ended", async () => {
  const role = { account: "444455556666", name: "r", trusts: ["111122223333"] };
  await using aws = await rig({ roles: [role] });
  aws.local.respond({
    service: "sts",
    operation: "AssumeRoleWithWebIdentity",
    reply: { output: { AssumedRoleUser: { Arn: "a", AssumedRoleId: "b" } } },
  });
  const web = { RoleArn: "arn:aws:iam::444455556666:role/r", RoleSessionName: "web", WebIdentityToken: "token" };
  const { AssumedRoleUser } = await aws.sts().send(new AssumeRoleWithWebIdentityCommand(web));
  expect(AssumedRoleUser?.Arn).toBe("a");
  expect(aws.local.calls()[0]?.input).toMatchObject({ RoleSessionName: "web", WebIdentityToken: "[redacted]" });
  aws.local.respond({ service: "dynamodb", reply: { output: {} } });
  const { Credentials } = await aws.sts().send(new AssumeRoleCommand({ ...web, DurationSeconds: 900 }));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  const dynamoDb = new DynamoDBClient({ ...aws.local.clientConfig(), credentials, maxAttempts: 1 });
  const get = () => dynamoDb.send(new GetItemCommand({ TableName: "t", Key: { id: { S: "1" } } }));
  await get();
  aws.clock.advance(900_000);
  expect((await failureOf(get())).name).toBe("ExpiredTokenException");
  dynamoDb.destroy();
});

test("answers a REST service as given, by method and path", async () => {
  await using aws = await rig();
  aws.local.respond({
    service: "",
    operation: "GET /bucket/key",
    reply: { raw: { headers: { etag: "e" }, body: "content" } },
  });
  const response = await fetch(`${aws.local.endpoint}/bucket/key?versionId=1`);
  expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([200, "e", "content"]);
});

test("counts requests of an account in a region against the documented quota, and of no other", async () => {
  await using aws = await rig();
  await aws.secretsManager().send(new CreateSecretCommand({ Name: "s", SecretString: "1" }));
  const puts = async (place: { region?: string; account?: string }) => {
    const client = aws.secretsManager(place);
    const put = () => client.send(new PutSecretValueCommand({ SecretId: "s", SecretString: "2" }));
    const names = await Promise.all(
      Array.from({ length: 60 }, () =>
        put().then(
          () => "S",
          (error: Error) => error.name,
        ),
      ),
    );
    return names.filter((name) => name === "ThrottlingException").length;
  };
  expect(await puts({})).toBe(10);
  expect(await puts({ region: "eu-west-1" })).toBe(10);
  expect(await puts({ account: "444455556666" })).toBe(10);
  aws.clock.advance(500);
  expect(await puts({})).toBe(35); // half a second's worth is back
});

test("takes other quotas, or none", async () => {
  const quotas = [{ service: "secretsmanager", operations: ["ListSecrets"], perSecond: 1 }];
  await using strict = await rig({ quotas });
  await strict.secretsManager().send(list());
  expect((await failureOf(strict.secretsManager().send(list()))).name).toBe("ThrottlingException");
  await using free = await rig({ quotas: false });
  const client = free.secretsManager();
  await Promise.all(Array.from({ length: 150 }, () => client.send(list())));
});

test("keeps the latest calls, without the values of secrets", async () => {
  await using aws = await rig({ callCapacity: 2 });
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s", SecretString: "canary" }));
  expect(aws.local.calls()[0]).toMatchObject({
    input: { Name: "s", SecretString: "[redacted]" },
    effect: true,
    status: 200,
  });
  expect(JSON.stringify(aws.local.calls())).not.toContain("canary");
  for (let call = 0; call < 2; call++) await failureOf(client.send(new GetSecretValueCommand({ SecretId: "none" })));
  const failed = aws.local.calls({ errorCode: "ResourceNotFoundException", region: "us-east-1" });
  expect(failed.map(({ sequence }) => sequence)).toEqual([2, 3]);
  expect(aws.local.calls({ operation: "CreateSecret" })).toEqual([]);
  expect(aws.local.totalCalls).toBe(3);
});

test("refuses connections while disconnected, and is back at the same port with its state", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s", SecretString: "1" }));
  await aws.local.disconnect();
  const newcomer = aws.secretsManager(); // one that has no old connection to be cut off from
  expect((await failureOf(newcomer.send(list()))).code).toBe("ECONNREFUSED");
  await aws.local.reconnect();
  expect((await client.send(new GetSecretValueCommand({ SecretId: "s" }))).SecretString).toBe("1");
});

test("gives another process what it needs to know", async () => {
  await using aws = await rig();
  const {
    AWS_ENDPOINT_URL = "",
    AWS_ACCESS_KEY_ID = "",
    AWS_SECRET_ACCESS_KEY = "",
    AWS_REGION = "",
  } = aws.local.environment({ account: "444455556666", region: "eu-west-1" });
  const client = new STSClient({
    endpoint: AWS_ENDPOINT_URL,
    region: AWS_REGION,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  });
  expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe("444455556666");
  client.destroy();
});

test.each([
  [{ port: -1 }, "port"],
  [{ callCapacity: Number.NaN }, "callCapacity"],
  [{ accessKeys: { A: { account: "12", secretAccessKey: "" } } }, "accessKeys.A.account"],
  [{ roles: [{ account: "x", name: "r" }] }, "account"],
  [{ faults: [{ fault: "throttle", times: -1 }] }, "times"],
] as const)("refuses the options %j, naming %s", async (options, option) => {
  const error = await failureOf(startLocalAws(options));
  expect(error).toBeInstanceOf(OptionError);
  expect(error.message).toContain(`Expected \`${option}\``);
});
