import { randomBytes } from "node:crypto";
import { partitionOf } from "../partition.ts";
import { text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import { type Random, randomUuid } from "../random.ts";
import type { ServiceCall } from "../server/service.ts";

/** A symmetric key for encryption. */
export interface KmsKey {
  readonly id: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly description: string;
  readonly createdAt: number;
  /** 32 bytes that no operation gives away. */
  readonly material: Uint8Array;
  enabled: boolean;
  /** When it will be gone; undefined when nobody wants it deleted. */
  deletionAt: number | undefined;
}

/** The keys of all accounts and regions. */
export class KeyStore {
  readonly #keyByArn = new Map<string, KmsKey>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  add(description: string, { account, region, now }: ServiceCall): KmsKey {
    const id = randomUuid(this.#random);
    const key: KmsKey = {
      id,
      arn: keyArn(account, region, id),
      account,
      region,
      description,
      createdAt: now,
      material: randomBytes(32),
      enabled: true,
      deletionAt: undefined,
    };
    this.#keyByArn.set(key.arn, key);
    return key;
  }

  /** The key that `KeyId` names, by id or ARN. Throws `ServiceError` if there is none, or if it is another account's. */
  find(input: Fields, call: ServiceCall): KmsKey {
    const keyId = text(input, "KeyId");
    if (keyId === undefined || keyId === "")
      throw new ServiceError(
        "ValidationException",
        "1 validation error detected: Value at 'keyId' failed to satisfy constraint: Member must not be null",
      );
    return this.byArn(keyId.startsWith("arn:") ? keyId : keyArn(call.account, call.region, keyId), call);
  }

  byArn(arn: string, { account, region, principal, operation, now }: ServiceCall): KmsKey {
    const key = this.#keyByArn.get(arn);
    if (key?.deletionAt !== undefined && key.deletionAt <= now) this.#keyByArn.delete(arn);
    if (key !== undefined && key.account !== account) {
      throw new ServiceError(
        "AccessDeniedException",
        `User: ${principal.arn} is not authorized to perform: kms:${operation} on resource: ${arn} because no resource-based policy allows the kms:${operation} action`,
      );
    }
    if (key === undefined || key.region !== region || !this.#keyByArn.has(arn))
      throw new ServiceError("NotFoundException", `Key '${arn}' does not exist`);
    return key;
  }
}

/** Throws `ServiceError` unless the key can encrypt and decrypt now. */
export function requireUsable(key: KmsKey): void {
  requireNotPendingDeletion(key);
  if (!key.enabled) throw new ServiceError("DisabledException", `${key.arn} is disabled.`);
}

export function requireNotPendingDeletion({ arn, deletionAt }: KmsKey): void {
  if (deletionAt !== undefined) throw new ServiceError("KMSInvalidStateException", `${arn} is pending deletion.`);
}

export function keyArn(account: string, region: string, id: string): string {
  return `arn:${partitionOf(region)}:kms:${region}:${account}:key/${id}`;
}
