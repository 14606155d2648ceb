/** Numbers in [0, 1) that a seed decides. */
export type Random = () => number;

/** A small generator with a period of 2^32 (mulberry32): the same seed gives the same run, on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `length` characters of `alphabet`. */
export function randomText(random: Random, length: number, alphabet: string): string {
  let text = "";
  for (let index = 0; index < length; index++) text += alphabet[Math.floor(random() * alphabet.length)];
  return text;
}

export const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const letters32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
export const lettersAndDigits: string = `${letters}0123456789`;

/** A version-4 UUID. */
export function randomUuid(random: Random): string {
  const hex = randomText(random, 30, "0123456789abcdef");
  const variant = "89ab"[Math.floor(random() * 4)];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variant}${hex.slice(15, 18)}-${hex.slice(18)}`;
}
