import type { Fields } from "./protocol.ts";
import { ServiceError } from "./service-error.ts";

/** Readers of an input's members. A member of the wrong type is a SerializationException, as at AWS's front door. */
export function text(input: Fields, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw wrongType(name, "a string");
  return value;
}

export function flag(input: Fields, name: string): boolean | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw wrongType(name, "a boolean");
  return value;
}

export function number(input: Fields, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || Number.isNaN(value)) throw wrongType(name, "a number");
  return value;
}

export function list(input: Fields, name: string): readonly unknown[] | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (value === "") return []; // an empty list in a query request
  if (!Array.isArray(value)) throw wrongType(name, "a list");
  return value;
}

export function texts(input: Fields, name: string): readonly string[] | undefined {
  return list(input, name)?.map((value) => {
    if (typeof value !== "string") throw wrongType(name, "a list of strings");
    return value;
  });
}

export function structures(input: Fields, name: string): readonly Fields[] | undefined {
  return list(input, name)?.map((value) => {
    if (!isStructure(value)) throw wrongType(name, "a list of structures");
    return value;
  });
}

/** A blob: base64 in JSON, bytes in CBOR. */
export function blob(input: Fields, name: string): Uint8Array | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (value instanceof Uint8Array) return value;
  if (typeof value !== "string") throw wrongType(name, "a base64 string");
  return Buffer.from(value, "base64");
}

export function isStructure(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongType(name: string, expected: string): ServiceError {
  return new ServiceError("SerializationException", `Expected ${name} to be ${expected}.`);
}
