import { createHash } from "node:crypto";

/** A made-up secret: connection settings with a password that depends on name and round alone. */
export function sampleValue(name: string, round: string): string {
  const password = createHash("sha256").update(`${name} ${round}`).digest("base64url").slice(0, 24);
  const host = `${name.replaceAll("/", "-")}.us-east-1.internal.example.com`;
  return JSON.stringify({ host, port: 5_432, username: "app", password }, null, 2);
}
