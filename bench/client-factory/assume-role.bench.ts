/**
 * A hundred clients over ten regions with one role: how often STS is asked, and how long it takes, with each way
 * the SDK has of assuming a role, as it comes and through the factory; all started at once, and one by one. STS answers after 20 ms.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { fromIni, fromNodeProviderChain, fromTemporaryCredentials, fromTokenFile } from "@aws-sdk/credential-providers";
import { type ClientFactory, createClientFactory } from "../../packages/client-factory/src/index.ts";
import { median, report, smoke } from "../report.ts";
import { startServer } from "./server.ts";
import { tenRegions } from "./ten-regions.ts";

const { rounds, clients } = smoke ? { rounds: 1, clients: 10 } : { rounds: 3, clients: 100 };
const roleArn = "arn:aws:iam::444455556666:role/Deploy";
const keys = { accessKeyId: "AKIA", secretAccessKey: "secret" };
const server = await startServer();
const { endpoint } = server;

// The SDK reads all of this from the environment and the shared files, as it does anywhere.
const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
writeFileSync(
  join(folder, "config"),
  `[profile base]\nregion = us-east-1\n[profile deploy]\nrole_arn = ${roleArn}\nsource_profile = base\nregion = us-east-1\n`,
);
writeFileSync(
  join(folder, "credentials"),
  `[base]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
);
writeFileSync(join(folder, "token"), "token");
Object.assign(process.env, {
  AWS_CONFIG_FILE: join(folder, "config"),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  AWS_ENDPOINT_URL: endpoint,
  AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, "token"),
  AWS_ROLE_ARN: roleArn,
  AWS_EC2_METADATA_DISABLED: "true",
});

const temporary = () =>
  fromTemporaryCredentials({
    params: { RoleArn: roleArn },
    masterCredentials: keys,
    clientConfig: { region: "us-east-1", endpoint },
  });
const providers = {
  fromTemporaryCredentials: temporary,
  "fromNodeProviderChain (profile)": () => fromNodeProviderChain({ profile: "deploy" }),
  fromIni: () => fromIni({ profile: "deploy" }),
  fromTokenFile: () => fromTokenFile({ clientConfig: { region: "us-east-1" } }),
};

type ClientOf = (index: number) => SecretsManagerClient;
interface Setup {
  readonly clientOf: ClientOf;
  readonly factory?: ClientFactory;
}

const made: SecretsManagerClient[] = [];
const plain = (
  credentials: () => NonNullable<ConstructorParameters<typeof SecretsManagerClient>[0]>["credentials"],
): Setup => ({
  clientOf(index) {
    const given = credentials();
    const client = new SecretsManagerClient({
      endpoint,
      region: tenRegions[index % 10]!,
      ...(given === undefined ? { profile: "deploy" } : { credentials: given }),
    });
    made.push(client);
    return client;
  },
});
const ours = (options: Parameters<typeof createClientFactory>[0], role?: string): Setup => {
  const factory = createClientFactory({ endpoint, ...options });
  return {
    factory,
    clientOf: (index) =>
      factory.client(SecretsManagerClient, {
        region: tenRegions[index % 10],
        role,
        config: { userAgentAppId: `app-${index}` },
      }),
  };
};

const setups: Record<string, () => Setup> = {
  "SDK: no credentials given, a profile with a role": () => plain(() => undefined),
  ...Object.fromEntries(
    Object.entries(providers).flatMap(([name, provider]) => [
      [`SDK: ${name}, one per client`, () => plain(provider)],
      [
        `SDK: ${name}, one for all`,
        () => {
          const shared = provider();
          return plain(() => shared);
        },
      ],
      [`ours: factory given ${name}`, () => ours({ credentials: provider() })],
    ]),
  ),
  "ours: factory with that profile": () => ours({ profile: "deploy" }),
  "ours: role given": () => ours({ credentials: keys }, roleArn),
};

interface Row {
  readonly setup: string;
  readonly "at once: AssumeRole": number;
  readonly "at once: ms": number;
  readonly "one by one: AssumeRole": number;
  readonly "one by one: ms": number;
}

async function run(setup: () => Setup, atOnce: boolean): Promise<{ readonly ms: number; readonly assumed: number }> {
  const { clientOf, factory } = setup();
  await server.reset();
  const send = (index: number) => clientOf(index).send(new GetSecretValueCommand({ SecretId: "name" }));
  const start = performance.now();
  if (atOnce) await Promise.all(Array.from({ length: clients }, (_, index) => send(index)));
  else for (let index = 0; index < clients; index += 1) await send(index);
  const ms = performance.now() - start;
  const { assumed } = await server.counts();
  await factory?.close();
  for (const client of made.splice(0)) client.destroy();
  return { ms, assumed };
}

const rows: Row[] = [];
const samples = new Map<
  string,
  { readonly atOnce: { ms: number; assumed: number }[]; readonly oneByOne: { ms: number; assumed: number }[] }
>();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, setup] of Object.entries(setups)) {
    const sample = samples.get(name) ?? { atOnce: [], oneByOne: [] };
    samples.set(name, sample);
    sample.atOnce.push(await run(setup, true));
    sample.oneByOne.push(await run(setup, false));
  }
}
server.stop();
const most = (values: readonly { assumed: number }[]) => Math.max(...values.map(({ assumed }) => assumed));
const middle = (values: readonly { ms: number }[]) => Math.round(median(values.map(({ ms }) => ms)));
for (const [setup, { atOnce, oneByOne }] of samples) {
  rows.push({
    setup,
    "at once: AssumeRole": most(atOnce),
    "at once: ms": middle(atOnce),
    "one by one: AssumeRole": most(oneByOne),
    "one by one: ms": middle(oneByOne),
  });
}
console.table(rows);
const own = rows.filter(({ setup }) => setup.startsWith("ours"));
const asked = Math.max(...own.flatMap((row) => [row["at once: AssumeRole"], row["one by one: AssumeRole"]]));
const sdk = rows.find(({ setup }) => setup === "SDK: fromTemporaryCredentials, one per client")!;
const slowest = Math.max(...own.map((row) => row["one by one: ms"]));
const ratio = Math.round((slowest / sdk["one by one: ms"]) * 1_000) / 1_000;
report("client-factory-assume-role", { rows }, [
  {
    goal: "exactly 1 AssumeRole with any provider, at once or one by one",
    figure: `${asked} at most`,
    met: asked === 1,
  },
  { goal: "wall time one by one ≤ 0.1 × the SDK's (slowest of ours)", figure: `${ratio} ×`, met: ratio <= 0.1 },
]);
