/** The text as one word of a POSIX shell, quoted if need be: what an error names may be anything. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
