import { networkInterfaces } from "node:os";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf, rig } from "../../test/rig.ts";

const authorization = `AWS4-HMAC-SHA256 Credential=AKIALOCL111122223333/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;

test("answers any request with an error, and goes on", async () => {
  await using aws = await rig();
  const header = fc.oneof(fc.string({ unit: fc.constantFrom(..."aZ09./-=;,") }), fc.constant(authorization));
  const request = fc.record({
    path: fc.webPath(),
    body: fc.oneof(
      fc.uint8Array(),
      fc.json(),
      fc.webQueryParameters(),
      fc.constant("Action=PutMetricData&Version=2010-08-01"),
    ),
    headers: fc.record(
      {
        "x-amz-target": fc.oneof(
          header,
          fc.constantFrom("secretsmanager.PutSecretValue", "GraniteServiceVersion20100801.PutMetricData"),
        ),
        "content-type": fc.constantFrom(
          "application/x-amz-json-1.0",
          "application/x-www-form-urlencoded",
          "text/plain",
        ),
        "content-encoding": fc.constantFrom("gzip", "br", "identity"),
        "smithy-protocol": fc.constant("rpc-v2-cbor"),
        "amz-sdk-request": header,
        "x-amz-date": header,
        authorization: header,
      },
      { requiredKeys: [] },
    ),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ path, body, headers }) => {
      const content = typeof body === "string" ? body : Uint8Array.from(body);
      const response = await fetch(`${aws.local.endpoint}${path || "/"}`, { method: "POST", body: content, headers });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(await response.text()).not.toBe("");
    }),
    { numRuns: 150 },
  );
  await aws.secretsManager().send(new ListSecretsCommand({}));
});

test("a function of the user's that throws is a failure of that call alone", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  const broken = () => {
    throw new Error("broken rule");
  };
  const handle = aws.local.faults.add({ fault: "throttle", when: broken });
  const error = await failureOf(client.send(new ListSecretsCommand({})));
  expect(error).toMatchObject({ name: "InternalFailure", message: "The endpoint failed: Error: broken rule" });
  handle.remove();
  const responder = aws.local.respond({ service: "secretsmanager", reply: broken });
  expect((await failureOf(client.send(new ListSecretsCommand({})))).message).toContain("broken rule");
  responder.remove();
  await client.send(new ListSecretsCommand({}));
});

test("checks signatures over a query string too", async () => {
  await using aws = await rig();
  const client = aws.secretsManager();
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { query: Record<string, string> };
      request.query = { b: "1 +/ü", a: "2" };
      return next(args);
    },
    { step: "build" },
  );
  await client.send(new ListSecretsCommand({}));
});

test("keeps the prefix of a path out of the way", async () => {
  await using aws = await rig();
  const { endpoint, ...config } = aws.local.clientConfig();
  const client = new SecretsManagerClient({ ...config, endpoint: `${endpoint}/svc` });
  await client.send(new ListSecretsCommand({}));
  client.destroy();
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1"),
);

test.skipIf(!hasIpv6)("listens at an address of IPv6, and says what is wrong with a port that is taken", async () => {
  await using aws = await rig({ host: "::1" });
  expect(aws.local.endpoint).toMatch(/^http:\/\/\[::1\]:\d+$/);
  await aws.secretsManager().send(new ListSecretsCommand({}));
  expect((await failureOf(rig({ host: "::1", port: aws.local.port }))).code).toBe("EADDRINUSE");
});
