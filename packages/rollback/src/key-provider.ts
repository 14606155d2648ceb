/** Wraps the keys of transactions with a key that lies elsewhere, e.g. in KMS. */
export interface KeyProvider {
  /** Encrypts a data key of 32 bytes; what it returns is kept by the store. `transaction` fits an encryption context. */
  wrap(dataKey: Uint8Array, transaction: string): PromiseLike<Uint8Array> | Uint8Array;
  /** Takes back what {@link wrap} did. */
  unwrap(wrapped: Uint8Array, transaction: string): PromiseLike<Uint8Array> | Uint8Array;
}

/** Keeps data keys as they are: who can read the store can read sensitive fields until their transaction ends. */
export const plainKeys: KeyProvider = { wrap: (dataKey) => dataKey, unwrap: (wrapped) => wrapped };
