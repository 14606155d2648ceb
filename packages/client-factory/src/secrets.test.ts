import { inspect } from "node:util";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClientFactory } from "./create-client-factory.ts";

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.close());

/** Everything that can be seen of a value from outside. */
function seen(value: unknown): string {
  const shown = [inspect(value, { depth: 12, getters: false, maxArrayLength: null, maxStringLength: null })];
  try {
    shown.push(JSON.stringify(value) ?? "", JSON.stringify({ ...(value as object) }) ?? "");
  } catch {
    // a client's configuration leads back to itself
  }
  if (value instanceof Error) shown.push(value.message, value.stack ?? "", seen(value.cause));
  return shown.join("\n");
}

test("no secret of any credentials is in a factory, a client, an event, a log or an error", async () => {
  const { credentials } = aws.clientConfig();
  const canaries = [credentials.secretAccessKey, "CANARY-SECRET-KEY", "CANARY-SESSION-TOKEN", "CANARY-WRONG-CODE"];
  const sinks: unknown[] = [];
  const log = (message: string, fields?: object) => sinks.push([message, fields]);
  const logger = { debug: log, info: log, warn: log, error: log };
  await using factory = createClientFactory({
    ...aws.clientConfig(),
    localOnly: true,
    logger,
    tiers: { standard: { maxAttempts: 1 } },
  });
  factory.onClient((event) => sinks.push(event));
  factory.onRefresh((event) => sinks.push(event));
  factory.onRefreshFailure((event) => sinks.push(event));
  const bad = { accessKeyId: "AKIACANARY", secretAccessKey: "CANARY-SECRET-KEY", sessionToken: "CANARY-SESSION-TOKEN" };
  const failing = async () => {
    throw Object.assign(new Error("refused"), { name: "CredentialsProviderError" });
  };
  const mfa = { mfaSerial: "arn:aws:iam::111122223333:mfa/x", mfaCode: "CANARY-WRONG-CODE" };
  const roleArn = aws.createRole({ account: "444455556666", name: "Deploy", trusts: ["111122223333"] });
  const clients = [
    factory.client(SecretsManagerClient),
    factory.client(SecretsManagerClient, { credentials: bad }),
    factory.client(SecretsManagerClient, { config: { credentials: bad } }),
    factory.client(SecretsManagerClient, { credentials: failing }),
    factory.client(SecretsManagerClient, { role: roleArn }),
    factory.client(SecretsManagerClient, { role: { roleArn, externalId: "wrong", ...mfa } }),
    factory.client(SecretsManagerClient, {
      role: { roleArn: "arn:aws:iam::444455556666:role/Absent" },
      credentials: bad,
    }),
  ];
  for (const client of clients)
    sinks.push(await client.send(new ListSecretsCommand({})).catch((error: unknown) => error));
  sinks.push(factory, factory.stats(), factory.assumeRole({ roleArn }), ...clients);
  const everything = sinks.map(seen).join("\n");
  expect(everything).toContain("AccountFactory");
  for (const canary of canaries) expect(everything.split("\n").filter((line) => line.includes(canary))).toEqual([]);
});
