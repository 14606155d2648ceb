// In the order of their character codes, so that texts sort as the bytes do.
const digits = Buffer.from("234567abcdefghijklmnopqrstuvwxyz");

/** Bytes as text of `2-7a-z`, 5 bits a character, which sorts as the bytes do. */
export function base32(bytes: Uint8Array): string {
  const text = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5));
  let length = 0;
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text[length++] = digits[(value >>> bits) & 31]!;
    }
  }
  if (bits > 0) text[length] = digits[(value << (5 - bits)) & 31]!;
  return text.toString("latin1");
}
