import { OptionError } from "./option-error.ts";

/** The keys that an object may have, in a shape that the compiler holds complete: `KnownKeys<keyof Options>`. */
export type KnownKeys<Key extends PropertyKey> = Readonly<Record<Key, true>>;

/**
 * Throws an {@link OptionError} if `value` has a key that is not known: what is misspelt would be passed over, and a
 * rule without its condition holds for everything.
 *
 * @param what Whose keys they are, in words, e.g. `a responder`.
 */
export function assertKnownKeys(what: string, value: object, known: Readonly<Record<string, true>>): void {
  for (const [key, given] of Object.entries(value)) {
    if (Object.hasOwn(known, key)) continue;
    const nearest = nearestOf(key, Object.keys(known));
    throw new OptionError(key, `absent, for ${what} has no such key (the nearest is \`${nearest}\`)`, given);
  }
}

/** The word that the fewest letters put in, left out or changed make of `misspelt`, whatever their case. */
function nearestOf(misspelt: string, words: readonly string[]): string {
  const distances = words.map((word) => editDistance(misspelt.toLowerCase(), word.toLowerCase()));
  return words[distances.indexOf(Math.min(...distances))] ?? "";
}

function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...one].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= other.length; column++) {
      const changed = above[column - 1]! + (other[column - 1] === letter ? 0 : 1);
      current.push(Math.min(changed, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[other.length]!;
}
