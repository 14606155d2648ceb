import { ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
} from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { failureOf, type Rig, rig } from "../../test/rig.ts";
import { type FaultRule, OptionError } from "../index.ts";

const list = () => new ListSecretsCommand({});

/** Sends `count` calls, one after the other; S stands for a success, else the name of the error. */
async function outcomes(aws: Rig, count: number): Promise<string[]> {
  const client = aws.secretsManager();
  const names: string[] = [];
  for (let call = 0; call < count; call++) {
    names.push(
      await client.send(list()).then(
        () => "S",
        (error: Error) => error.name,
      ),
    );
  }
  return names;
}

test.each<[FaultRule, Record<string, unknown>]>([
  [
    { fault: "throttle" },
    { name: "ThrottlingException", message: "Rate exceeded", $metadata: { httpStatusCode: 400 } },
  ],
  [{ fault: "throttle", code: "TooManyRequestsException" }, { name: "TooManyRequestsException" }],
  [{ fault: "error" }, { name: "InternalFailure", $fault: "server", $metadata: { httpStatusCode: 500 } }],
  [
    { fault: "error", status: 503 },
    { name: "ServiceUnavailableException", $metadata: { httpStatusCode: 503 } },
  ],
  [
    { fault: "error", status: 400, code: "DecryptionFailure", message: "no key" },
    { name: "DecryptionFailure", message: "no key" },
  ],
  [
    { fault: "denied" },
    {
      name: "AccessDeniedException",
      message: expect.stringMatching(
        /^User: arn:aws:iam::111122223333:user\/local is not authorized to perform: secretsmanager:ListSecrets on resource: \* because no identity-based policy allows/,
      ),
    },
  ],
  [
    { fault: "expired-credentials" },
    { name: "ExpiredTokenException", message: "The security token included in the request is expired" },
  ],
  [{ fault: "outage" }, { name: "ServiceUnavailableException", $metadata: { httpStatusCode: 503 } }],
  [{ fault: "outage", mode: "reset" }, { code: "ECONNRESET" }],
  [{ fault: "reset" }, { code: "ECONNRESET" }],
  [
    { fault: "html", status: 502 },
    { name: "SyntaxError", $metadata: { httpStatusCode: 502 } },
  ],
  [{ fault: "empty-body" }, { $metadata: { httpStatusCode: 503 } }],
])("%j is what the client sees", async (rule, expected) => {
  await using aws = await rig({ faults: [rule] });
  const error = await failureOf(aws.secretsManager().send(list()));
  expect(error).toMatchObject(expected);
  expect(aws.local.calls()[0]?.faults).toEqual([rule.fault]);
});

test("tells clients of the query protocol whose mistake it is", async () => {
  await using aws = await rig();
  const typeAt = async (status: number) => {
    aws.local.faults.clear();
    aws.local.faults.add({ fault: "error", status });
    return (await failureOf(aws.cloudWatch().send(new ListMetricsCommand({})))).Type;
  };
  expect([await typeAt(499), await typeAt(500)]).toEqual(["Sender", "Receiver"]);
});

test("a proxy's page comes with 503 unless told otherwise", async () => {
  await using aws = await rig({ faults: [{ fault: "html" }] });
  expect(await failureOf(aws.secretsManager().send(list()))).toMatchObject({ $metadata: { httpStatusCode: 503 } });
});

test("services that speak XML refuse in their own words", async () => {
  const words = { throttle: "Throttling", denied: "AccessDenied", "expired-credentials": "ExpiredToken" } as const;
  for (const [fault, name] of Object.entries(words)) {
    await using aws = await rig({ faults: [{ fault: fault as keyof typeof words }] });
    expect((await failureOf(aws.sts().send(new GetCallerIdentityCommand({})))).name).toBe(name);
  }
});

test("a rule is for the requests it names, and for no others", async () => {
  await using aws = await rig();
  await aws.secretsManager().send(new CreateSecretCommand({ Name: "s", SecretString: "1" }));
  aws.local.faults.add({ fault: "throttle", operation: ["GetSecretValue", "PutSecretValue"], region: "eu-west-1" });
  aws.local.faults.add({ fault: "denied", when: ({ input }) => input.SecretId === "s" });
  const here = aws.secretsManager();
  const there = aws.secretsManager({ region: "eu-west-1" });
  await there.send(list());
  expect((await failureOf(there.send(new GetSecretValueCommand({ SecretId: "x" })))).name).toBe("ThrottlingException");
  expect((await failureOf(here.send(new GetSecretValueCommand({ SecretId: "x" })))).name).toBe(
    "ResourceNotFoundException",
  );
  expect((await failureOf(here.send(new GetSecretValueCommand({ SecretId: "s" })))).name).toBe("AccessDeniedException");
});

test("lets the first pass, strikes so many times, and is spent", async () => {
  await using aws = await rig();
  const handle = aws.local.faults.add({ fault: "throttle", skip: 1, times: 2 });
  expect(await outcomes(aws, 5)).toEqual(["S", "ThrottlingException", "ThrottlingException", "S", "S"]);
  expect(handle.applied).toBe(2);
});

test("strikes by the attempt, so that a client's retry succeeds", async () => {
  await using aws = await rig({ faults: [{ fault: "error", attempt: [1, 2] }] });
  const { $metadata } = await aws.secretsManager({ maxAttempts: 3 }).send(list());
  expect($metadata.attempts).toBe(3);
  expect(aws.local.calls().map(({ attempt, maxAttempts, status }) => [attempt, maxAttempts, status])).toEqual([
    [1, 3, 500],
    [2, 3, 500],
    [3, 3, 200],
  ]);
});

test("strikes by chance, the same with the same seed", async () => {
  const run = async (seed: number) => {
    await using aws = await rig({ seed, quotas: false, faults: [{ fault: "throttle", probability: 0.3 }] });
    return await outcomes(aws, 100);
  };
  const first = await run(7);
  expect(await run(7)).toEqual(first);
  expect(await run(8)).not.toEqual(first);
  const struck = first.filter((outcome) => outcome !== "S").length;
  expect(struck).toBeGreaterThan(15);
  expect(struck).toBeLessThan(45);
});

test("an outage begins and ends by the clock, to the millisecond", async () => {
  await using aws = await rig({ faults: [{ fault: "outage", startsInMs: 1_000, lastsMs: 3_000 }] });
  aws.clock.advance(999);
  expect(await outcomes(aws, 1)).toEqual(["S"]);
  aws.clock.advance(1);
  expect(await outcomes(aws, 1)).toEqual(["ServiceUnavailableException"]);
  aws.clock.advance(2_999);
  expect(await outcomes(aws, 1)).toEqual(["ServiceUnavailableException"]);
  aws.clock.advance(1);
  expect(await outcomes(aws, 1)).toEqual(["S"]);
});

test("a rate limit has a bucket for each account and region, or one for all", async () => {
  await using aws = await rig({ faults: [{ fault: "rate-limit", perSecond: 2 }] });
  const throttled = "ThrottlingException";
  expect(await outcomes(aws, 3)).toEqual(["S", "S", throttled]);
  const elsewhere = aws.secretsManager({ region: "eu-west-1" });
  await elsewhere.send(list());
  aws.clock.advance(500);
  expect(await outcomes(aws, 2)).toEqual(["S", throttled]);
  aws.local.faults.clear();
  aws.local.faults.add({
    fault: "rate-limit",
    perSecond: 1,
    per: "rule",
    cost: ({ region }) => (region === "eu-west-1" ? 1 : 0),
  });
  await elsewhere.send(list());
  expect((await failureOf(elsewhere.send(list()))).name).toBe(throttled);
  expect(await outcomes(aws, 2)).toEqual(["S", "S"]); // they cost nothing
  aws.local.faults.clear();
  aws.local.faults.add({ fault: "rate-limit", perSecond: 5, cost: () => 2 });
  expect(await outcomes(aws, 3)).toEqual(["S", "S", throttled]);
});

test("hints when to come back: whole seconds in the standard header, others in AWS's", async () => {
  await using aws = await rig();
  const headersOf = async (retryAfterMs: number) => {
    aws.local.faults.clear();
    aws.local.faults.add({ fault: "throttle", retryAfterMs });
    return (await failureOf(aws.secretsManager().send(list()))).$response?.headers ?? {};
  };
  expect(await headersOf(2_000)).toMatchObject({ "retry-after": "2" });
  expect(await headersOf(250)).toMatchObject({ "x-amz-retry-after": "250" });
});

test("latency is waited on the endpoint's clock, chosen by attempt if wanted, and other rules still apply", async () => {
  await using aws = await rig();
  aws.local.faults.add({ fault: "latency", latencyMs: ({ attempt }) => attempt * 100 });
  aws.local.faults.add({ fault: "latency", latencyMs: 50 });
  aws.local.faults.add({ fault: "throttle" });
  const call = failureOf(aws.secretsManager().send(list()));
  await arrived(aws, 1);
  aws.clock.advance(149);
  expect(aws.local.calls()[0]?.status).toBeUndefined();
  aws.clock.advance(1);
  expect((await call).name).toBe("ThrottlingException");
  expect(aws.local.calls()[0]).toMatchObject({ faults: ["latency", "latency", "throttle"], durationMs: 150 });
});

test.each<[FaultRule, boolean]>([
  [{ fault: "lost-response" }, true],
  [{ fault: "error-after-effect" }, true],
  [{ fault: "truncated-body" }, true],
  [{ fault: "reset" }, false],
  [{ fault: "error" }, false],
])("after %j the change was made: %s", async (rule, made) => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s", SecretString: "old" }));
  aws.local.faults.add(rule);
  await failureOf(client.send(new PutSecretValueCommand({ SecretId: "s", SecretString: "new" })));
  expect(aws.local.secrets()[0]?.valueByStage.AWSCURRENT).toBe(made ? "new" : "old");
  expect(aws.local.calls({ operation: "PutSecretValue" })[0]?.effect).toBe(made);
});

test("a hang answers nothing until the client gives up, and with afterEffect the change is made all the same", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  await client.send(new CreateSecretCommand({ Name: "s", SecretString: "old" }));
  for (const [afterEffect, value] of [
    [false, "old"],
    [true, "new"],
  ] as const) {
    aws.local.faults.clear();
    aws.local.faults.add({ fault: "hang", afterEffect });
    const seen = aws.local.totalCalls;
    const giveUp = new AbortController();
    const call = failureOf(
      client.send(new PutSecretValueCommand({ SecretId: "s", SecretString: "new" }), { abortSignal: giveUp.signal }),
    );
    await arrived(aws, seen + 1);
    giveUp.abort();
    expect((await call).name).toBe("AbortError");
    expect(aws.local.secrets()[0]?.valueByStage.AWSCURRENT).toBe(value);
  }
});

test("a clock that is off refuses signatures and tells its time, so that the SDK corrects its own", async () => {
  await using aws = await rig({ faults: [{ fault: "clock-skew", skewMs: 10 * 60_000 }] });
  const error = await failureOf(aws.secretsManager().send(list()));
  expect(error).toMatchObject({
    name: "InvalidSignatureException",
    message: expect.stringMatching(/^Signature expired: \d{8}T\d{6}Z is now earlier than/),
  });
  expect(Date.parse(error.$response?.headers.date ?? "") - Date.now()).toBeGreaterThan(9 * 60_000);
  const { $metadata } = await aws.secretsManager({ maxAttempts: 3 }).send(list());
  expect($metadata.attempts).toBe(2);
});

test.each([
  [{ fault: "explode" }, "fault"],
  [{ fault: "throttle", probability: 1.1 }, "probability"],
  [{ fault: "rate-limit" }, "perSecond"],
  [{ fault: "latency", latencyMs: -1 }, "latencyMs"],
  [{ fault: "error", status: 200 }, "status"],
  [{ fault: "clock-skew" }, "skewMs"],
])("refuses the rule %j where it is given, naming %s", async (rule, option) => {
  await using aws = await rig();
  const add = () => aws.local.faults.add(rule as FaultRule);
  expect(add).toThrow(OptionError);
  expect(add).toThrow(`Expected \`${option}\``);
});

async function arrived(aws: Rig, calls: number): Promise<void> {
  while (aws.local.totalCalls < calls) await new Promise((resolve) => setImmediate(resolve));
}
