import { createHmac, randomBytes } from "node:crypto";
import type { Credentials } from "./credentials.ts";

// Of this process alone, and never shown: what is made with it says nothing to anyone who does not hold it.
const key = randomBytes(32);

/** Tells one set of fixed credentials from another without keeping the secret itself in a key. */
export function fingerprintOf({ accessKeyId, secretAccessKey, sessionToken = "" }: Credentials): string {
  return createHmac("sha256", key)
    .update(JSON.stringify([accessKeyId, secretAccessKey, sessionToken]))
    .digest("base64");
}
