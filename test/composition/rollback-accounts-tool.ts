import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { createClientFactory } from "@holdfast/client-factory";
import { defineOperation, openJournal } from "@holdfast/rollback";
import { recover } from "@holdfast/rollback/recovery";
import { sqliteStore } from "@holdfast/rollback/sqlite";

// The program that rollback-accounts.test.ts runs and kills: it makes secrets in several accounts, through a role in each.
//   rollback-accounts-tool.ts work-and-die | recover | retry ACCOUNT…

const [mode, ...accounts] = process.argv.slice(2) as [string, ...string[]];
const endpoint = process.env.AWS_ENDPOINT_URL;
if (endpoint === undefined)
  throw new Error("AWS_ENDPOINT_URL is not set: this program is for the local endpoint alone");

const factory = createClientFactory({ endpoint, region: "us-east-1", name: "journal" });
const clientOf = (account: string) =>
  factory
    .assumeRole({ roleArn: `arn:aws:iam::${account}:role/Journal`, externalId: "journal" })
    .client(SecretsManagerClient, { config: { maxAttempts: 1 } });

const perAccount = 2;
const running = new Map<string, number>();
let most = 0;
const allRunning = Promise.withResolvers<void>();

/** Undos of all accounts must run side by side, or the first ones wait here for ever. */
async function counted<T>(account: string, undo: () => Promise<T>): Promise<T> {
  const now = (running.get(account) ?? 0) + 1;
  running.set(account, now);
  most = Math.max(most, now);
  if ([...running.values()].reduce((sum, each) => sum + each) === accounts.length * perAccount) allRunning.resolve();
  await allRunning.promise;
  try {
    return await undo();
  } finally {
    running.set(account, running.get(account)! - 1);
  }
}

interface Place {
  readonly account: string;
  readonly name: string;
}

const createSecret = defineOperation<Place, void, { readonly thenDie?: boolean }>({
  name: "accounts/create-secret",
  version: 1,
  class: "undoable",
  deadlineMs: 5_000,
  undoDeadlineMs: 60_000,
  consistencyMs: 0,
  scope: ({ account }) => account,
  apply: async ({ account, name }, { idempotencyKey, signal, unrecorded }) => {
    const command = new CreateSecretCommand({ Name: name, SecretString: "value", ClientRequestToken: idempotencyKey });
    await clientOf(account).send(command, { abortSignal: signal });
    if (unrecorded.thenDie === true) process.kill(process.pid, "SIGKILL"); // nobody writes down that it happened
  },
  probe: async ({ account, name }, { signal }) => {
    const describe = new DescribeSecretCommand({ SecretId: name });
    try {
      await clientOf(account).send(describe, { abortSignal: signal });
      return { state: "applied", output: undefined };
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException") return { state: "absent" };
      throw error;
    }
  },
  compensate: ({ account, name }, { signal }) =>
    counted(account, () => {
      const command = new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true });
      return clientOf(account).send(command, { abortSignal: signal });
    }),
});

const journal = await openJournal({
  store: sqliteStore({ path: "accounts.journal" }),
  operations: [createSecret],
  settleMarginMs: 0,
  undo: { maxParallelPerScope: perAccount },
});

if (mode === "work-and-die") {
  const tx = await journal.begin("the same secrets in all accounts");
  const group = tx.group();
  const places = accounts.flatMap((account) => ["a", "b", "c", "d"].map((each) => ({ account, name: `app/${each}` })));
  await Promise.all(places.map((place) => group.run(createSecret, place, { unrecorded: {} })));
  await group.run(createSecret, { account: accounts[1]!, name: "app/last" }, { unrecorded: { thenDie: true } });
} else if (mode === "recover") {
  const { transactions } = await recover(journal);
  const [{ outcome, report }] = transactions as [(typeof transactions)[number]];
  console.log(JSON.stringify({ outcome, undone: report?.undone.length, parked: report?.parked.length, most }));
} else {
  allRunning.resolve();
  let outcome = "";
  for (const { id } of await journal.transactions({ open: true })) {
    for (const { step, status } of (await journal.show(id)).steps) {
      if (status !== "parked") continue;
      ({ outcome } = await journal.decide(id, step, { decision: "retry", who: "ann", why: "rights were granted" }));
    }
  }
  console.log(JSON.stringify({ outcome }));
}
await journal.close();
await factory.close();
