import { hash } from "node:crypto";
import { base32 } from "./base32.ts";

/** The key of a step: the same whenever and wherever it is made. 52 characters of `a-z2-7`. */
export function idempotencyKey(transaction: string, step: number, operation: string): string {
  const digest = hash("sha256", `${transaction}|${step}|${operation}`, "binary"); // text: a Buffer of its own costs twice the hash
  return base32(Buffer.from(digest, "binary"));
}
