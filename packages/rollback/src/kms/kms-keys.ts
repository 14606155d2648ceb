import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { OptionError } from "@holdfast/errors";
import { assertKnownOptions } from "@holdfast/errors/policy";
import { JournalError } from "../journal-error.ts";
import type { KeyGenerator } from "../key-provider.ts";

export interface KmsKeysOptions {
  /** A `KMSClient`, or whatever sends its commands: its retry, policies and timeouts are those of each call. */
  readonly client: Pick<KMSClient, "send">;
  /** The symmetric KMS key, by ARN or id; not by alias, which may be moved to another key while transactions are open. */
  readonly keyId: string;
  /** Further pairs of the encryption context, so that grants and CloudTrail can tell journals apart. Not secret. */
  readonly context?: Readonly<Record<string, string>> | undefined;
}

/** The name under which the encryption context holds the transaction's id. */
const transactionPair = "holdfast:transaction";

/**
 * Data keys made and opened by KMS: one `GenerateDataKey` for each transaction with sensitive fields, when the first of them is written, and
 * one `Decrypt` for each takeover of such a transaction. The store keeps the encrypted key alone, bound to its transaction by the encryption
 * context, and drops it when the transaction ends.
 *
 * What KMS refuses rejects as it is: a step that needs a key it cannot get begins nothing.
 *
 * @throws OptionError without a client or a key, and for an alias.
 */
export function kmsKeys(options: KmsKeysOptions): KeyGenerator {
  assertKnownOptions("kmsKeys()", options, { client: 0, keyId: 0, context: 0 });
  const { client, keyId, context = {} } = options;
  if (typeof client?.send !== "function") throw new OptionError("client", "a KMSClient", client);
  if (typeof keyId !== "string" || keyId === "" || /(^|:)alias\//.test(keyId))
    throw new OptionError("keyId", "the ARN or id of a KMS key (not an alias)", keyId);
  const contextOf = (transaction: string) => ({ ...context, [transactionPair]: transaction });
  return {
    generate: async (transaction) => {
      const EncryptionContext = contextOf(transaction);
      const { Plaintext, CiphertextBlob } = await client.send(
        new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: "AES_256", EncryptionContext }),
      );
      if (Plaintext === undefined || CiphertextBlob === undefined) throw noKey("GenerateDataKey", transaction);
      return { dataKey: Plaintext, wrapped: CiphertextBlob };
    },
    unwrap: async (wrapped, transaction) => {
      const EncryptionContext = contextOf(transaction);
      const { Plaintext } = await client.send(
        new DecryptCommand({ KeyId: keyId, CiphertextBlob: wrapped, EncryptionContext }),
      );
      if (Plaintext === undefined) throw noKey("Decrypt", transaction);
      return Plaintext;
    },
  };
}

function noKey(operation: string, transaction: string): JournalError {
  return new JournalError(
    "ERR_JOURNAL_STORE",
    `KMS answered ${operation} for transaction ${transaction} without a key: give a client that returns what KMS does`,
    { transaction },
  );
}
