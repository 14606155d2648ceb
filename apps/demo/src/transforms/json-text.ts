/** A value in a JSON text: what it is, and from where to where it is written. */
export type JsonNode =
  | { readonly kind: "object"; readonly start: number; readonly end: number; readonly members: readonly JsonMember[] }
  | { readonly kind: "array"; readonly start: number; readonly end: number; readonly items: readonly JsonNode[] }
  | { readonly kind: "string" | "number" | "word"; readonly start: number; readonly end: number };

export interface JsonMember {
  readonly key: string;
  readonly value: JsonNode;
}

/** A text is not JSON. Says where; never what stands there, which may be a secret. */
export class JsonTextError extends Error {
  override readonly name = "JsonTextError";
  readonly code = "ERR_JSON_TEXT";
  readonly line: number;
  readonly column: number;

  constructor(text: string, at: number, what: string) {
    const before = text.slice(0, at).split("\n");
    const line = before.length;
    const column = before.at(-1)!.length + 1;
    super(`not JSON: ${what} at line ${line}, column ${column}`);
    this.line = line;
    this.column = column;
  }
}

const deepest = 1_000;
const space = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in a string.
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;

/**
 * Reads a JSON text into places, so that one value can be written anew and every other byte stays as it was.
 *
 * @throws JsonTextError where it is not JSON, or more than 1,000 deep.
 */
export function readJsonText(text: string): JsonNode {
  let at = 0;
  const take = (expression: RegExp): boolean => {
    expression.lastIndex = at;
    if (!expression.test(text)) return false;
    at = expression.lastIndex;
    return true;
  };
  const expect = (character: string) => {
    take(space);
    if (text[at] !== character) throw new JsonTextError(text, at, `expected ${character}`);
    at += 1;
  };
  /** Reads what stands between two brackets, `one` at a time, the commas between them too. */
  const readList = <Item>(close: string, one: () => Item): readonly Item[] => {
    const items: Item[] = [];
    at += 1;
    take(space);
    while (text[at] !== close) {
      if (items.length > 0) expect(",");
      items.push(one());
      take(space);
    }
    at += 1;
    return items;
  };
  const readValue = (depth: number): JsonNode => {
    take(space);
    const start = at;
    if (depth > deepest) throw new JsonTextError(text, at, `more than ${deepest} levels`);
    if (text[at] === "{") {
      const members = readList("}", () => readMember(depth));
      return { kind: "object", start, end: at, members };
    }
    if (text[at] === "[") {
      const items = readList("]", () => readValue(depth + 1));
      return { kind: "array", start, end: at, items };
    }
    if (take(string)) return { kind: "string", start, end: at };
    if (take(number)) return { kind: "number", start, end: at };
    if (take(word)) return { kind: "word", start, end: at };
    throw new JsonTextError(text, at, "expected a value");
  };
  const readMember = (depth: number): JsonMember => {
    take(space);
    const start = at;
    if (!take(string)) throw new JsonTextError(text, at, "expected a name in quotes");
    const key = JSON.parse(text.slice(start, at)) as string;
    expect(":");
    return { key, value: readValue(depth + 1) };
  };
  const root = readValue(0);
  take(space);
  if (at < text.length) throw new JsonTextError(text, at, "expected the end");
  return root;
}
