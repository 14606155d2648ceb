/** The parts of a name that a pattern's wildcards took, in order, or `undefined` where the name does not match. */
export type Glob = (name: string) => readonly string[] | undefined;

/** A pattern over whole names: `*` takes any characters (`/` too), `?` exactly one; the rest stands for itself. */
export function compileGlob(pattern: string): Glob {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, "(.*)")
    .replace(/\?/g, "(.)");
  const expression = new RegExp(`^${source}$`, "su");
  return (name) => expression.exec(name)?.slice(1);
}
