import { randomFillSync } from "node:crypto";

/** Where random bytes come from; an option, so that tests are deterministic. */
export type RandomBytes = (length: number) => Uint8Array;

/** Cryptographically strong random bytes. */
export const randomBytes: RandomBytes = (length) => randomFillSync(new Uint8Array(length));
