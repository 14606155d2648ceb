import { randomBytes } from "node:crypto";
import { number, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import { encrypted, encryptionContext } from "./ciphertext.ts";
import { type KeyStore, requireUsable } from "./key-store.ts";

/** Makes a key for use outside KMS, in the clear and encrypted. */
export function generateDataKey(keys: KeyStore): Operation {
  return (input, call) => {
    const length = lengthOf(input);
    const key = keys.find(input, call);
    requireUsable(key);
    const Plaintext = randomBytes(length);
    return { Plaintext, CiphertextBlob: encrypted(Plaintext, key, encryptionContext(input)), KeyId: key.arn };
  };
}

function lengthOf(input: Fields): number {
  const spec = text(input, "KeySpec");
  const bytes = number(input, "NumberOfBytes");
  if ((spec === undefined) === (bytes === undefined))
    throw new ServiceError("ValidationException", "Please specify either number of bytes or key spec.");
  if (spec === "AES_256") return 32;
  if (spec === "AES_128") return 16;
  if (spec === undefined && Number.isInteger(bytes) && bytes! >= 1 && bytes! <= 1_024) return bytes!;
  const problem =
    spec === undefined
      ? "'numberOfBytes' failed to satisfy constraint: Member must be between 1 and 1024"
      : "'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [AES_256, AES_128]";
  throw new ServiceError("ValidationException", `1 validation error detected: Value at ${problem}`);
}
