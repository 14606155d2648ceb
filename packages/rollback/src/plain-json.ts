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
  return value === undefined ? undefined : new Copier(path).copy(value);
}

class Copier {
  readonly #root: string;
  /** What holds the value that is being copied, outermost first, and where it is in each of them. */
  readonly #holders: object[] = [];
  readonly #places: (string | number)[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  copy(value: unknown): Json {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        if (!Number.isFinite(value)) throw this.#refusal(String(value));
        return value;
      case "object":
        return value === null ? null : this.#copyObject(value);
      case "undefined":
        throw this.#refusal("undefined");
      default:
        throw this.#refusal(`a ${typeof value}`);
    }
  }

  #copyObject(value: object): Json {
    if (this.#holders.includes(value)) throw this.#refusal("a reference back to what holds it");
    this.#holders.push(value);
    const copy = Array.isArray(value) ? this.#copyArray(value) : this.#copyProperties(value);
    this.#holders.pop();
    return copy;
  }

  #copyArray(value: readonly unknown[]): Json {
    return Array.from(value, (each, index) => this.#copyAt(index, each));
  }

  #copyProperties(value: object): Json {
    if (!isPlain(value)) throw this.#refusal(classOf(value));
    const [symbol] = Object.getOwnPropertySymbols(value);
    if (symbol !== undefined) throw new NotPlainJson(`${this.#path()}[${String(symbol)}]`, "named by a symbol");
    const properties = value as Readonly<Record<string, unknown>>;
    const copy: Record<string, Json> = {};
    for (const name of Object.keys(properties)) {
      const property = properties[name];
      if (property === undefined) continue;
      const copied = this.#copyAt(name, property);
      if (name !== "__proto__") copy[name] = copied;
      else Object.defineProperty(copy, name, { value: copied, enumerable: true }); // assigned, it would be the copy's prototype
    }
    return copy;
  }

  #copyAt(place: string | number, value: unknown): Json {
    if (typeof value === "string") return value;
    this.#places.push(place);
    const copy = this.copy(value);
    this.#places.pop();
    return copy;
  }

  #refusal(what: string): NotPlainJson {
    return new NotPlainJson(this.#path(), what);
  }

  #path(): string {
    return this.#places.reduce<string>(pathTo, this.#root);
  }
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

function pathTo(path: string, place: string | number): string {
  if (typeof place === "number") return `${path}[${place}]`;
  return /^[\w$]+$/.test(place) ? `${path}.${place}` : `${path}[${JSON.stringify(place)}]`;
}
