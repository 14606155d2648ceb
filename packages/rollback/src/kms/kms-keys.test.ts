import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defineOperation } from "../define-operation.ts";
import { openJournal } from "../open-journal.ts";
import { recover } from "../recovery/recover.ts";
import { sqliteStore } from "../sqlite/sqlite-store.ts";
import { kmsKeys } from "./kms-keys.ts";

const secret = "hunter2 of the canary";

let local: LocalAws;
let aheadMs: number;
let client: KMSClient;
let keyId: string;
let folder: string;
let dataKeys: Uint8Array[];
let done: unknown[];

beforeEach(async () => {
  aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  local = await startLocalAws({
    clock: { now, monotonic: now, setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
  });
  client = new KMSClient({ ...local.clientConfig(), maxAttempts: 1 });
  keyId = (await client.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
  dataKeys = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { Plaintext } = result.output as { readonly Plaintext?: Uint8Array };
      if (Plaintext !== undefined) dataKeys.push(Plaintext);
      return result;
    },
    { step: "initialize" },
  );
  folder = mkdtempSync(join(tmpdir(), "kms-"));
  done = [];
});

afterEach(async () => {
  client.destroy();
  await local.close();
  rmSync(folder, { recursive: true });
});

const login = defineOperation({
  name: "login",
  version: 1,
  class: "undoable",
  sensitive: ["input.password"],
  apply: ({ password }: { readonly password: string }) => void done.push(["apply", password]),
  compensate: ({ password }) => void done.push(["undo", password]),
});

function open() {
  return openJournal({
    store: sqliteStore({ path: join(folder, "x.journal"), ballastBytes: 0 }),
    operations: [login],
    settleMarginMs: 0,
    keys: kmsKeys({ client, keyId, context: { application: "test" } }),
  });
}

/** A process that died with a step done. */
async function left(): Promise<string> {
  const journal = await open();
  const tx = await journal.begin("left");
  await tx.run(login, { password: secret });
  await journal.close();
  return tx.id;
}

function inSomeFile(content: Uint8Array | string): boolean {
  const bytes = Buffer.from(content);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .some((file) => statSync(file).isFile() && readFileSync(file).includes(bytes));
}

const kmsCalls = () => local.calls({ service: "kms" }).slice(1); // without CreateKey

test("one data key per transaction, made and opened by KMS for that transaction alone; no file holds it", async () => {
  const id = await left();
  expect(dataKeys).toHaveLength(1);
  expect(inSomeFile(dataKeys[0]!)).toBe(false);
  expect(inSomeFile(secret)).toBe(false);
  const journal = await open();
  expect(await recover(journal)).toMatchObject({ transactions: [{ outcome: "rolled-back" }] });
  await journal.close();
  expect(done).toEqual([
    ["apply", secret],
    ["undo", secret],
  ]);
  const EncryptionContext = { application: "test", "holdfast:transaction": id };
  expect(kmsCalls().map(({ operation, input }) => [operation, input.KeyId, input.EncryptionContext])).toEqual([
    ["GenerateDataKey", keyId, EncryptionContext],
    ["Decrypt", keyId, EncryptionContext],
  ]);
});

test("a wrapped key that is moved to another transaction does not open", async () => {
  const keys = kmsKeys({ client, keyId });
  const { dataKey, wrapped } = await keys.generate("one");
  expect(Buffer.from(await keys.unwrap(wrapped, "one")).equals(dataKey)).toBe(true);
  await expect(keys.unwrap(wrapped, "other")).rejects.toMatchObject({ name: "InvalidCiphertextException" });
});

test("transactions without sensitive fields ask KMS for nothing", async () => {
  const journal = await openJournal({
    store: sqliteStore({ path: join(folder, "x.journal"), ballastBytes: 0 }),
    operations: [defineOperation({ name: "read", version: 1, class: "none-needed", apply: () => {} })],
    keys: kmsKeys({ client, keyId }),
  });
  const tx = await journal.begin("plain");
  await tx.commit();
  await journal.close();
  expect(kmsCalls()).toEqual([]);
});

test.each([
  ["disabled", "DisabledException", () => new DisableKeyCommand({ KeyId: keyId })],
  ["pending deletion", "KMSInvalidStateException", () => new ScheduleKeyDeletionCommand({ KeyId: keyId })],
] as const)("a key that is %s begins nothing: the step rejects with what KMS said", async (_, name, command) => {
  await client.send(command() as DisableKeyCommand);
  const journal = await open();
  const tx = await journal.begin("work");
  await expect(tx.run(login, { password: secret })).rejects.toMatchObject({ name });
  expect(done).toEqual([]);
  expect(await tx.rollback("no key")).toMatchObject({ outcome: "rolled-back", undone: [] });
  await journal.close();
});

test("what was left stays open while its key is disabled, told with what KMS said, and is undone once it is enabled", async () => {
  await left();
  await client.send(new DisableKeyCommand({ KeyId: keyId }));
  const journal = await open();
  expect(await recover(journal)).toMatchObject({
    transactions: [{ outcome: "failed", error: { name: "DisabledException", httpStatus: 400 } }],
  });
  expect(await journal.transactions({ open: true })).toHaveLength(1);
  await client.send(new EnableKeyCommand({ KeyId: keyId }));
  expect(await recover(journal)).toMatchObject({ transactions: [{ outcome: "rolled-back" }] });
  expect(done.at(-1)).toEqual(["undo", secret]);
  await journal.close();
});

test("what was left when its key was deleted is parked: a person can decide about it", async () => {
  const id = await left();
  await client.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }));
  aheadMs = 7 * 86_400_000;
  const journal = await open();
  expect(await recover(journal)).toMatchObject({
    transactions: [{ outcome: "parked", report: { parked: [{ step: 1, reason: "unreadable-input" }] } }],
  });
  const decision = { decision: "resolved", who: "ann", why: "deleted by hand" } as const;
  expect(await journal.decide(id, 1, decision)).toMatchObject({ outcome: "rolled-back", partial: true });
  expect(done).toEqual([["apply", secret]]);
  await journal.close();
});

test.each([
  [{ client: undefined }, "client"],
  [{ client: {} }, "client"],
  [{ keyId: "" }, "keyId"],
  [{ keyId: "alias/journal" }, "keyId"],
  [{ keyId: "arn:aws:kms:us-east-1:111122223333:alias/journal" }, "keyId"],
])("refuses wrong options (%#)", (options, option) => {
  expect(() => kmsKeys({ ...{ client, keyId }, ...options } as never)).toThrow(`Expected \`${option}\``);
});
