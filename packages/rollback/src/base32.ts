// In the order of their character codes, so that texts sort as the bytes do.
const digits = "234567abcdefghijklmnopqrstuvwxyz";

/** Bytes as text of `2-7a-z`, 5 bits a character, which sorts as the bytes do. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += digits[(value >>> bits) & 31];
    }
  }
  return bits === 0 ? text : text + digits[(value << (5 - bits)) & 31];
}
