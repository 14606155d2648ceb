import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { isStructure } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { KmsKey } from "./key-store.ts";

const nonceLength = 12;
const tagLength = 16;

/** What KMS makes of some bytes: it names its key, and opens only with the same encryption context. */
export function encrypted(plaintext: Uint8Array, { arn, material }: KmsKey, context: string): Uint8Array {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", material, nonce).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  const name = Buffer.from(arn);
  return Buffer.concat([Buffer.from([1, name.length]), name, nonce, sealed]);
}

/** The ARN of the key that a ciphertext was made with. Throws `ServiceError` for anything else than a ciphertext. */
export function keyOf(ciphertext: Uint8Array): string {
  const [version, length = 0] = ciphertext;
  if (version !== 1 || ciphertext.length < 2 + length + nonceLength + tagLength) throw invalidCiphertext();
  return Buffer.from(ciphertext.subarray(2, 2 + length)).toString("utf8");
}

/** The bytes in a ciphertext of this key. Throws `ServiceError` when it was changed, or the context is another. */
export function decrypted(ciphertext: Uint8Array, { arn, material }: KmsKey, context: string): Uint8Array {
  const sealed = ciphertext.subarray(2 + Buffer.byteLength(arn));
  try {
    const decipher = createDecipheriv("aes-256-gcm", material, sealed.subarray(0, nonceLength))
      .setAAD(Buffer.from(context))
      .setAuthTag(sealed.subarray(-tagLength));
    return Buffer.concat([decipher.update(sealed.subarray(nonceLength, -tagLength)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

/** The request's encryption context as one text, whatever the order of its pairs. */
export function encryptionContext({ EncryptionContext }: Fields): string {
  if (EncryptionContext === undefined || EncryptionContext === null) return "[]";
  const pairs = isStructure(EncryptionContext) ? Object.entries(EncryptionContext) : undefined;
  if (pairs === undefined || pairs.some(([, value]) => typeof value !== "string"))
    throw new ServiceError("SerializationException", "Expected EncryptionContext to be a map of strings.");
  return JSON.stringify(pairs.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function invalidCiphertext(): ServiceError {
  return new ServiceError("InvalidCiphertextException", "");
}
