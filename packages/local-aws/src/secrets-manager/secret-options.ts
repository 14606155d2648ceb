import { assertKnownOptions, type KnownOptions } from "../known-options.ts";
import { OptionError } from "../option-error.ts";
import { randomUuid } from "../random.ts";
import { listEntry } from "./list-entry.ts";
import { addVersion } from "./new-version.ts";
import { current } from "./secret.ts";
import { isSecretName } from "./secret-name.ts";
import type { SecretStore } from "./secret-store.ts";

/** A secret to be there without a call: no quota is used, and lists show it at once. */
export interface SecretOptions {
  /** Default `111122223333`. */
  readonly account?: string | undefined;
  /** Default `us-east-1`. */
  readonly region?: string | undefined;
  readonly name: string;
  /** Text or bytes. Default: a secret without a value. */
  readonly value?: string | Uint8Array | undefined;
  readonly description?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

const optionKeys: KnownOptions<keyof SecretOptions> = {
  account: true,
  region: true,
  name: true,
  value: true,
  description: true,
  kmsKeyId: true,
  tags: true,
};

/** Puts a secret into the store. Returns its ARN. Throws `OptionError` when the name is no name or is taken. */
export function addSecretFromOptions(
  store: SecretStore,
  options: SecretOptions,
  [account, region]: readonly [account: string, region: string],
  now: number,
): string {
  assertKnownOptions("a secret", options, optionKeys);
  const { name, value, description, kmsKeyId, tags = {} } = options;
  store.settle(now);
  if (typeof name !== "string" || !isSecretName(name))
    throw new OptionError("name", "a name that Secrets Manager takes", name);
  const { secretByName, listed } = store.region(account, region);
  if (secretByName.has(name)) throw new OptionError("name", `one that is free in ${account} ${region}`, name);
  const secret = store.add({
    name,
    account,
    region,
    createdAt: now,
    description,
    kmsKeyId,
    tags: new Map(Object.entries(tags)),
  });
  if (value !== undefined) {
    const content = typeof value === "string" ? { text: value } : { bytes: value };
    addVersion(secret, randomUuid(store.random), content, [current], now);
  }
  listed.set(name, listEntry(secret));
  return secret.arn;
}
