import {
  CancelKeyDeletionCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LocalAws, startLocalAws } from "../index.ts";

const dayMs = 86_400_000;
const EncryptionContext = { transaction: "t1", purpose: "test" };

let local: LocalAws;
let now: number;
let client: KMSClient;
let KeyId: string;

beforeEach(async () => {
  now = Date.now();
  const clock = { now: () => now, monotonic: () => now, setTimeout: () => 0, clearTimeout: () => {} };
  local = await startLocalAws({ clock });
  client = new KMSClient({ ...local.clientConfig(), maxAttempts: 1 });
  const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description: "of the test" }));
  KeyId = KeyMetadata!.Arn!;
});

afterEach(async () => {
  client.destroy();
  await local.close();
});

test("a data key is given in the clear and encrypted, and opens with the same context in any order", async () => {
  const given = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext }));
  expect(given.Plaintext).toHaveLength(32);
  expect(Buffer.from(given.CiphertextBlob!).includes(Buffer.from(given.Plaintext!))).toBe(false);
  const opened = await client.send(
    new DecryptCommand({
      CiphertextBlob: given.CiphertextBlob,
      EncryptionContext: { purpose: "test", transaction: "t1" },
    }),
  );
  expect(opened).toMatchObject({ KeyId, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });
  expect(Buffer.from(opened.Plaintext!).equals(given.Plaintext!)).toBe(true);
});

test("a ciphertext does not open with another context, changed, or as something else", async () => {
  const { CiphertextBlob } = await client.send(
    new EncryptCommand({ KeyId, Plaintext: Buffer.from("hunter2"), EncryptionContext }),
  );
  const changed = Uint8Array.from(CiphertextBlob!);
  changed[changed.length - 1]! ^= 1;
  for (const input of [
    { CiphertextBlob },
    { CiphertextBlob, EncryptionContext: { ...EncryptionContext, transaction: "t2" } },
    { CiphertextBlob: changed, EncryptionContext },
    { CiphertextBlob: Buffer.from("not a ciphertext"), EncryptionContext },
  ]) {
    await expect(client.send(new DecryptCommand(input))).rejects.toMatchObject({ name: "InvalidCiphertextException" });
  }
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  await expect(
    client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId: KeyMetadata!.KeyId })),
  ).rejects.toMatchObject({ name: "IncorrectKeyException" });
});

test("a disabled key does nothing until it is enabled again", async () => {
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("a") }));
  await client.send(new DisableKeyCommand({ KeyId }));
  const disabled = { name: "DisabledException", message: `${KeyId} is disabled.` };
  await expect(client.send(new GenerateDataKeyCommand({ KeyId, NumberOfBytes: 16 }))).rejects.toMatchObject(disabled);
  await expect(client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("a") }))).rejects.toMatchObject(disabled);
  await expect(client.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject(disabled);
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
  expect(KeyMetadata).toMatchObject({ KeyState: "Disabled", Enabled: false, Description: "of the test" });
  await client.send(new EnableKeyCommand({ KeyId }));
  expect(Buffer.from((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext!).toString()).toBe("a");
});

test("a key that is to be deleted does nothing, can be kept, disabled, and is gone when its days are over", async () => {
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("a") }));
  await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  const pending = { name: "KMSInvalidStateException", message: `${KeyId} is pending deletion.` };
  await expect(client.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject(pending);
  await expect(client.send(new EnableKeyCommand({ KeyId }))).rejects.toMatchObject(pending);
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
  expect(KeyMetadata).toMatchObject({ KeyState: "PendingDeletion" });
  await client.send(new CancelKeyDeletionCommand({ KeyId }));
  expect((await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState).toBe("Disabled");
  await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  now += 7 * dayMs - 1;
  await client.send(new DescribeKeyCommand({ KeyId }));
  now += 1;
  await expect(client.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({
    name: "NotFoundException",
    message: `Key '${KeyId}' does not exist`,
  });
});

test("a key is its account's and region's alone", async () => {
  const other = new KMSClient({ ...local.clientConfig({ account: "444455556666" }), maxAttempts: 1 });
  await expect(other.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({ name: "AccessDeniedException" });
  const elsewhere = new KMSClient({ ...local.clientConfig({ region: "eu-west-1" }), maxAttempts: 1 });
  await expect(elsewhere.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({ name: "NotFoundException" });
  other.destroy();
  elsewhere.destroy();
});

test.each([
  [new GenerateDataKeyCommand({ KeyId: "k" }), "either number of bytes or key spec"],
  [new GenerateDataKeyCommand({ KeyId: "k", NumberOfBytes: 1_025 }), "between 1 and 1024"],
  [new EncryptCommand({ KeyId: "k", Plaintext: new Uint8Array(4_097) }), "between 1 and 4096"],
])("refuses what is out of range (%#)", async (command, message) => {
  await expect(client.send(command as EncryptCommand)).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining(message),
  });
});
