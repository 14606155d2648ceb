import { base32 } from "./base32.ts";

/** A new id: 26 characters of `a-z2-7` in the order of their making, as far as clocks agree; 80 bits of it are random. */
export function transactionId(now: number, randomBytes: (length: number) => Uint8Array): string {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(now) << 16n);
  bytes.set(randomBytes(10), 6);
  return base32(bytes);
}
