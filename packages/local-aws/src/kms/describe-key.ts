import { text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { Operation } from "../server/service.ts";
import type { KeyStore, KmsKey } from "./key-store.ts";

/** Symmetric keys for encryption, of KMS's own making; anything else is not known here. */
export function createKey(keys: KeyStore): Operation {
  return (input, call) => {
    const spec = text(input, "KeySpec") ?? "SYMMETRIC_DEFAULT";
    const usage = text(input, "KeyUsage") ?? "ENCRYPT_DECRYPT";
    if (spec !== "SYMMETRIC_DEFAULT" || usage !== "ENCRYPT_DECRYPT")
      throw new ServiceError("UnsupportedOperationException", `This endpoint makes no ${spec} keys for ${usage}.`);
    return { KeyMetadata: metadata(keys.add(text(input, "Description") ?? "", call)) };
  };
}

export function describeKey(keys: KeyStore): Operation {
  return (input, call) => ({ KeyMetadata: metadata(keys.find(input, call)) });
}

export function keyState({ enabled, deletionAt }: KmsKey): "Enabled" | "Disabled" | "PendingDeletion" {
  if (deletionAt !== undefined) return "PendingDeletion";
  return enabled ? "Enabled" : "Disabled";
}

function metadata(key: KmsKey): Fields {
  const state = keyState(key);
  return {
    AWSAccountId: key.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Timestamp(key.createdAt),
    Enabled: state === "Enabled",
    Description: key.description,
    KeyUsage: "ENCRYPT_DECRYPT",
    KeyState: state,
    ...(key.deletionAt === undefined ? {} : { DeletionDate: new Timestamp(key.deletionAt) }),
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    KeySpec: "SYMMETRIC_DEFAULT",
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    MultiRegion: false,
  };
}
