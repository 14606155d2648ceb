import type { Json } from "./json.ts";

/** Something that JSON would leave out or turn into something else. */
export class NotPlainJson extends Error {
  override readonly name = "NotPlainJson";
  /** Where it is and what it is, e.g. `input.tags[2] is a Date`. Never its value, which may be a secret. */
  readonly finding: string;

  constructor(path: string, what: string) {
    super(`${path} is ${what}`);
    this.finding = this.message;
  }
}

/**
 * A copy of `value` that JSON gives back as it is. Properties that are undefined are dropped, and so is a value that is undefined
 * itself. Throws {@link NotPlainJson} at the first thing that JSON would lose; `path` is what its name begins with.
 */
export function plainJson(value: unknown, path: string): Json | undefined {
  return value === undefined ? undefined : copied(value, path, []);
}

function copied(value: unknown, path: string, ancestors: readonly object[]): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw new NotPlainJson(path, String(value));
      return value;
    case "object":
      return value === null ? null : copiedObject(value, path, ancestors);
    case "undefined":
      throw new NotPlainJson(path, "undefined");
    default:
      throw new NotPlainJson(path, `a ${typeof value}`);
  }
}

function copiedObject(value: object, path: string, ancestors: readonly object[]): Json {
  if (ancestors.includes(value)) throw new NotPlainJson(path, "a reference back to what holds it");
  const within = [...ancestors, value];
  if (Array.isArray(value)) return Array.from(value, (each, index) => copied(each, `${path}[${index}]`, within));
  if (!isPlain(value)) throw new NotPlainJson(path, classOf(value));
  const [symbol] = Object.getOwnPropertySymbols(value);
  if (symbol !== undefined) throw new NotPlainJson(`${path}[${String(symbol)}]`, "named by a symbol");
  const kept = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(kept.map(([name, each]) => [name, copied(each, pathTo(path, name), within)]));
}

// By the shape of its prototype: an object of another realm (a worker's, a test runner's) is plain too.
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf");
}

function classOf(value: object): string {
  const { name } =
    (Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } }).constructor ?? {};
  if (typeof name !== "string" || name === "") return "an instance of a class";
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}

function pathTo(path: string, name: string): string {
  return /^[\w$]+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
