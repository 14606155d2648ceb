import { assertInteger, assertKnownOptions } from "../options.ts";
import { formsOf } from "./canary-forms.ts";
import { redacted, redactText } from "./redact-text.ts";
import { isSensitiveKey } from "./sensitive-key.ts";

export interface RedactOptions {
  /** Keys whose values are secrets, beside those known (password, secret, token, SecretString, …). Compared without case and punctuation. */
  readonly keys?: readonly string[] | undefined;
  /**
   * Secrets known by value: gone from every text and key, plain, base64, or escaped for a URL or for JSON. Read at
   * each call, so a `Set` that grows as secrets are fetched will do. Those shorter than 4 characters are ignored.
   */
  readonly canaries?: Iterable<string> | undefined;
  /** Levels below which nothing is shown. Integer ≥ 1. Default 16. */
  readonly maxDepth?: number | undefined;
  /** Values shown in all. Integer ≥ 1. Default 10,000. */
  readonly maxValues?: number | undefined;
  /** Characters shown of one text. Integer ≥ 1. Default 16,384. */
  readonly maxTextLength?: number | undefined;
}

/**
 * A copy of any value as plain JSON data without its secrets: by key, by shape (AWS keys and session tokens, JWTs,
 * PEM keys, passwords in URLs and connection strings) and by value. Works on the structure, before serialising, so that
 * what is left is still valid JSON; text that is itself JSON is redacted as such.
 *
 * Never throws, never calls `toJSON`, reads each property once; what is circular, too deep or too much says so in its place.
 *
 * @throws OptionError if a bound is not a positive integer, or on an option that there is not: whatever the value, never for it.
 */
export function redact(value: unknown, options: RedactOptions = {}): unknown {
  return createRedactor(options)(value);
}

/** {@link redact} with the options checked once. */
export function createRedactor(options: RedactOptions = {}): (value: unknown) => unknown {
  assertKnownOptions("redact()", options, optionNames);
  const { keys = [], canaries = [], maxDepth = 16, maxValues = 10_000, maxTextLength = 16_384 } = options;
  assertInteger("maxDepth", maxDepth, { min: 1 });
  assertInteger("maxValues", maxValues, { min: 1 });
  assertInteger("maxTextLength", maxTextLength, { min: 1 });
  const ownKeys = new Set(keys.map(plainKey));
  return (value) =>
    new Redaction({
      isSecret: (key) => isSensitiveKey(key) || (ownKeys.size > 0 && ownKeys.has(plainKey(key))),
      canaries: formsOf(canaries),
      maxDepth,
      maxValues,
      maxTextLength,
    }).valueOf(value, 0);
}

// A misspelt `canaries` would let through what it was given to keep back.
const optionNames: Readonly<Record<keyof RedactOptions, 0>> = {
  keys: 0,
  canaries: 0,
  maxDepth: 0,
  maxValues: 0,
  maxTextLength: 0,
};

function plainKey(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

interface Limits {
  readonly isSecret: (key: string) => boolean;
  readonly canaries: readonly string[];
  readonly maxDepth: number;
  readonly maxValues: number;
  readonly maxTextLength: number;
}

/** One walk over one value. */
class Redaction {
  readonly #limits: Limits;
  readonly #path = new Set<object>();
  #values = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  valueOf(value: unknown, depth: number): unknown {
    if (++this.#values > this.#limits.maxValues) return "[too much]";
    switch (typeof value) {
      case "string":
        return this.#text(value, depth);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "bigint":
        return `${value}`;
      case "symbol":
        return "[symbol]";
      case "function":
        return "[function]";
      case "object":
        return value === null ? null : this.#object(value, depth);
      default:
        return value;
    }
  }

  #object(value: object, depth: number): unknown {
    if (this.#path.has(value)) return "[circular]";
    if (depth >= this.#limits.maxDepth) return "[too deep]";
    this.#path.add(value);
    try {
      return this.#contents(value, depth + 1);
    } catch {
      return "[unreadable]"; // a proxy or an exotic object that throws
    } finally {
      this.#path.delete(value);
    }
  }

  #contents(value: object, depth: number): unknown {
    if (Array.isArray(value)) return this.#items(value, depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof URL) return this.#text(value.href, depth);
    if (value instanceof RegExp) return this.#text(String(value), depth);
    if (value instanceof Set) return this.#items(value, depth);
    if (value instanceof Map) return this.#entries(value, depth);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    return this.#fields(value, depth);
  }

  #items(items: Iterable<unknown>, depth: number): unknown[] {
    const copy: unknown[] = [];
    for (const item of items) {
      if (this.#values >= this.#limits.maxValues) {
        copy.push("[too much]");
        break;
      }
      copy.push(this.valueOf(item, depth));
    }
    return copy;
  }

  #entries(map: ReadonlyMap<unknown, unknown>, depth: number): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const [key, item] of map) {
      if (this.#values >= this.#limits.maxValues) break;
      const name = typeof key === "object" || typeof key === "symbol" ? `[${typeof key}]` : String(key);
      this.#set(copy, name, () => item, depth);
    }
    return copy;
  }

  #fields(value: object, depth: number): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    const keys = Object.keys(value);
    // An error's own facts are not enumerable.
    if (value instanceof Error)
      keys.unshift(...["name", "message", "cause"].filter((key) => key in value && !keys.includes(key)));
    for (const key of keys) {
      if (this.#values >= this.#limits.maxValues) {
        copy["[too much]"] = true;
        break;
      }
      this.#set(copy, key, () => (value as Readonly<Record<string, unknown>>)[key], depth);
    }
    return copy;
  }

  #set(copy: Record<string, unknown>, key: string, read: () => unknown, depth: number): void {
    const name = redactText(key.slice(0, 256), this.#limits.canaries);
    let clean: unknown;
    if (this.#limits.isSecret(key)) {
      clean = redacted;
    } else {
      try {
        clean = this.valueOf(read(), depth);
      } catch {
        clean = "[unreadable]"; // a getter that throws
      }
    }
    Object.defineProperty(copy, name, { value: clean, enumerable: true, configurable: true, writable: true }); // `__proto__` is a name like any other
  }

  #text(text: string, depth: number): string {
    const { maxTextLength, canaries } = this.#limits;
    // Cut twice: a secret cut in half by the first cut lies beyond the second.
    const looked = text.length > 4 * maxTextLength ? text.slice(0, 4 * maxTextLength) : text;
    const clean = this.#json(looked, depth) ?? redactText(looked, canaries);
    const more = text.length - looked.length + Math.max(0, clean.length - maxTextLength);
    return more > 0 ? `${clean.slice(0, maxTextLength)}… (${more} more characters)` : clean;
  }

  /** Text that is JSON, redacted as what it means; `undefined` if it is not JSON. */
  #json(text: string, depth: number): string | undefined {
    if (!/^\s{0,32}[[{]/.test(text)) return undefined;
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return undefined;
    }
    const before = JSON.stringify(parsed);
    const after = JSON.stringify(this.valueOf(parsed, depth));
    return before === after ? text : after;
  }
}
