import { blob, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import { decrypted, encrypted, encryptionContext, keyOf } from "./ciphertext.ts";
import { type KeyStore, requireUsable } from "./key-store.ts";

const mostBytes = 4_096;
const EncryptionAlgorithm = "SYMMETRIC_DEFAULT";

export function encrypt(keys: KeyStore): Operation {
  return (input, call) => {
    const plaintext = bytesOf(input, "Plaintext", mostBytes);
    const key = keys.find(input, call);
    requireUsable(key);
    const CiphertextBlob = encrypted(plaintext, key, encryptionContext(input));
    return { CiphertextBlob, KeyId: key.arn, EncryptionAlgorithm };
  };
}

/** The ciphertext names its key; a `KeyId` that is given must be that one. */
export function decrypt(keys: KeyStore): Operation {
  return (input, call) => {
    const ciphertext = bytesOf(input, "CiphertextBlob", 6_144);
    const key = keys.byArn(keyOf(ciphertext), call);
    if (text(input, "KeyId") !== undefined && keys.find(input, call) !== key) {
      throw new ServiceError(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
      );
    }
    requireUsable(key);
    return { Plaintext: decrypted(ciphertext, key, encryptionContext(input)), KeyId: key.arn, EncryptionAlgorithm };
  };
}

function bytesOf(input: Fields, name: string, most: number): Uint8Array {
  const bytes = blob(input, name);
  if (bytes !== undefined && bytes.length > 0 && bytes.length <= most) return bytes;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  throw new ServiceError(
    "ValidationException",
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length between 1 and ${most}`,
  );
}
