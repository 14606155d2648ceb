import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { type ClientFactory, createClientFactory } from "@holdfast/client-factory";
import { compose } from "@holdfast/errors";
import { adaptiveLimiter } from "@holdfast/limiter";
import { type LocalAws, type LocalClientConfig, startLocalAws } from "@holdfast/local-aws";
import { exponential, retry } from "@holdfast/retry";

const sourceAccount = "111111111111";
const destinationAccount = "222222222222";
const teams = ["database", "cache", "queue", "mail", "payments", "search"] as const;

/** Two accounts in two regions of a local endpoint, and what a caller needs to go from one to the other. */
export interface World {
  readonly aws: LocalAws;
  readonly from: string;
  readonly to: string;
  readonly destinationAccount: string;
  readonly roleArn: string;
  readonly externalId: string;
  /** Endpoint and keys of somebody in the source account. */
  readonly caller: LocalClientConfig;
  /** The secrets at the source; grows by {@link addSecrets}. */
  readonly names: readonly string[];
  /** The destination as its owner sees it, for looking at what came of a run. */
  readonly destination: SecretsManagerClient;
  /** Gives every secret at the source a new value. */
  changeValues(round: string): Promise<void>;
  /** Gives every third secret at the source another description and tag. */
  changeSettings(round: string): Promise<void>;
  /** Adds secrets at the source. */
  addSecrets(count: number): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly secrets: number;
  /** Makes the value of a secret. */
  readonly valueFor: (name: string, round: string) => string;
}

/** Starts the endpoint and fills the source with secrets. */
export async function openWorld({ secrets, valueFor }: WorldOptions): Promise<World> {
  const externalId = "holdfast-demo";
  const aws = await startLocalAws({
    seed: 1,
    lags: { listMs: 50 },
    roles: [{ account: destinationAccount, name: "replicator", trusts: [sourceAccount], externalId }],
  });
  const from = "us-east-1";
  const to = "eu-west-1";
  const names: string[] = [];
  const owners = { from: owner(aws, sourceAccount, from), to: owner(aws, destinationAccount, to) };
  const source = owners.from.client(SecretsManagerClient);

  const addSecrets = async (count: number) => {
    const added = Array.from({ length: count }, (_, index) => {
      const number = names.length + index + 1;
      return `app/${teams[number % teams.length]}/${number}`;
    });
    names.push(...added);
    await Promise.all(
      added.map((name) =>
        source.send(
          new CreateSecretCommand({
            Name: name,
            Description: `Credentials of ${name}`,
            SecretString: valueFor(name, "first"),
            Tags: [{ Key: "team", Value: name.split("/")[1] }],
          }),
        ),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 100)); // ListSecrets lags
  };
  await addSecrets(secrets);

  return {
    aws,
    from,
    to,
    destinationAccount,
    roleArn: `arn:aws:iam::${destinationAccount}:role/replicator`,
    externalId,
    caller: aws.clientConfig({ account: sourceAccount, region: from }),
    names,
    destination: owners.to.client(SecretsManagerClient),
    addSecrets,
    async changeValues(round) {
      await Promise.all(
        names.map((name) =>
          source.send(new PutSecretValueCommand({ SecretId: name, SecretString: valueFor(name, round) })),
        ),
      );
    },
    async changeSettings(round) {
      const thirds = names.filter((_, index) => index % 3 === 0);
      await Promise.all(
        thirds.map(async (name) => {
          await source.send(
            new UpdateSecretCommand({ SecretId: name, Description: `Credentials of ${name}, ${round}` }),
          );
          await source.send(new TagResourceCommand({ SecretId: name, Tags: [{ Key: "round", Value: round }] }));
        }),
      );
    },
    async close() {
      await owners.from.close();
      await owners.to.close();
      await aws.close();
    },
  };
}

/** Clients of an account's owner. They too go at the speed the endpoint allows. */
function owner(aws: LocalAws, account: string, region: string): ClientFactory {
  return createClientFactory({
    ...aws.clientConfig({ account, region }),
    localOnly: true,
    policy: compose(retry({ maxAttempts: 20, backoff: exponential({ baseMs: 20, maxMs: 200 }) }), adaptiveLimiter()),
  });
}
