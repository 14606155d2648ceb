/** A data key of 32 bytes, as it is and as the store keeps it. */
export interface DataKey {
  readonly dataKey: Uint8Array;
  readonly wrapped: Uint8Array;
}

interface KeyUnwrapper {
  /** Gives back the data key that was wrapped for that transaction. */
  unwrap(wrapped: Uint8Array, transaction: string): PromiseLike<Uint8Array> | Uint8Array;
}

/** Wraps data keys that the journal makes. */
export interface KeyWrapper extends KeyUnwrapper {
  /** Encrypts a data key of 32 bytes; what it returns is kept by the store. `transaction` fits an encryption context. */
  wrap(dataKey: Uint8Array, transaction: string): PromiseLike<Uint8Array> | Uint8Array;
}

/** Makes data keys itself, e.g. `kmsKeys` of `@holdfast/rollback/kms`. */
export interface KeyGenerator extends KeyUnwrapper {
  generate(transaction: string): PromiseLike<DataKey> | DataKey;
}

/** Keeps the keys of transactions safe with a key that lies elsewhere, e.g. in KMS. */
export type KeyProvider = KeyWrapper | KeyGenerator;

/** Keeps data keys as they are: who can read the store can read sensitive fields until their transaction ends. */
export const plainKeys: KeyWrapper = { wrap: (dataKey) => dataKey, unwrap: (wrapped) => wrapped };

/** A new data key for a transaction. */
export async function newDataKey(
  keys: KeyProvider,
  transaction: string,
  randomBytes: (length: number) => Uint8Array,
): Promise<DataKey> {
  if ("generate" in keys) return keys.generate(transaction);
  const dataKey = randomBytes(32);
  return { dataKey, wrapped: await keys.wrap(dataKey.slice(), transaction) };
}

export function isKeyProvider(keys: Partial<KeyWrapper & KeyGenerator> | null): boolean {
  return typeof keys?.unwrap === "function" && typeof (keys.generate ?? keys.wrap) === "function";
}
