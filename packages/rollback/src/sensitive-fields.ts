import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Json } from "./json.ts";
import type { RandomBytes } from "./random-bytes.ts";

const sealedKey = "$sealed";

/** Encrypts and decrypts the sensitive fields of one transaction: AES-256-GCM, a fresh nonce each, bound to transaction and step. */
export class SensitiveFields {
  readonly #key: Uint8Array;
  readonly #transaction: string;
  readonly #randomBytes: RandomBytes;

  constructor(key: Uint8Array, transaction: string, randomBytes: RandomBytes) {
    this.#key = key;
    this.#transaction = transaction;
    this.#randomBytes = randomBytes;
  }

  /** A copy of `value` with the fields at `paths` encrypted; a path is a list of property names, the empty one the whole. */
  seal(value: Json | undefined, paths: readonly (readonly string[])[], step: number): Json | undefined {
    return paths.reduce<Json | undefined>(
      (copy, path) => replaceAt(copy, path, (field) => this.#encrypt(JSON.stringify(field), step)),
      value,
    );
  }

  /** A copy of `value` with every encrypted field decrypted. */
  unseal(value: Json | undefined, step: number): Json | undefined {
    if (Array.isArray(value)) return value.map((each) => this.unseal(each, step) ?? null);
    if (value === null || typeof value !== "object") return value;
    const sealed = (value as { readonly [sealedKey]?: unknown })[sealedKey];
    if (typeof sealed === "string") return JSON.parse(this.#decrypt(sealed, step)) as Json;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.unseal(each, step)]));
  }

  #encrypt(text: string, step: number): Json {
    const nonce = this.#randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(this.#context(step));
    const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return { [sealedKey]: sealed.toString("base64") };
  }

  #decrypt(text: string, step: number): string {
    const sealed = Buffer.from(text, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.#key, sealed.subarray(0, 12))
      .setAAD(this.#context(step))
      .setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString("utf8");
  }

  #context(step: number): Buffer {
    return Buffer.from(`${this.#transaction}|${step}`);
  }
}

/** The paths of an operation's sensitive fields within its input or its output. */
export function sensitivePaths(
  paths: readonly string[] = [],
  part: "input" | "output",
): readonly (readonly string[])[] {
  return paths
    .map((path) => path.split("."))
    .filter(([first]) => first === part)
    .map((path) => path.slice(1));
}

/** Whether anything in `value` is encrypted. */
export function hasSealedFields(value: Json | undefined): boolean {
  if (value === null || typeof value !== "object") return false;
  return sealedKey in value || Object.values(value).some(hasSealedFields);
}

function replaceAt(value: Json | undefined, path: readonly string[], replace: (field: Json) => Json): Json | undefined {
  if (value === undefined || (value === null && path.length > 0)) return value;
  const [name, ...rest] = path;
  if (name === undefined) return replace(value);
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return value;
  const field = (value as { readonly [name: string]: Json | undefined })[name];
  if (Array.isArray(value))
    return value.map((each, index) => (String(index) === name ? replaceAt(each, rest, replace)! : each));
  return { ...(value as { readonly [name: string]: Json | undefined }), [name]: replaceAt(field, rest, replace) };
}
