/** A look-up from each word to the known code that it is like, from the words of each code. */
export function likes(wordsByCode: Readonly<Record<string, string>>): ReadonlyMap<unknown, string> {
  return new Map(
    Object.entries(wordsByCode).flatMap(([code, words]) => words.split(" ").map((word) => [word, code] as const)),
  );
}
