import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";
import type { WireRequest } from "../server/wire-request.ts";
import type { SignedAs } from "./authorization-header.ts";

const keysKept = 1_000;

/** Checks signatures of AWS Signature Version 4 sent in headers, keeping the day's derived keys. */
export class SignatureChecker {
  readonly #derivedKeys = new Map<string, KeyObject>();

  /** Whether `secretAccessKey` made the signature that the request carries. */
  matches(request: WireRequest, signedAs: SignedAs, secretAccessKey: string): boolean {
    const { date, region, service } = signedAs;
    const scope = `${date}/${region}/${service}/aws4_request`;
    const toSign = `AWS4-HMAC-SHA256\n${request.header("x-amz-date") ?? ""}\n${scope}\n${hash("sha256", canonicalRequest(request, signedAs))}`;
    const key = this.#derivedKey(secretAccessKey, signedAs, scope);
    return createHmac("sha256", key).update(toSign).digest("hex") === signedAs.signature;
  }

  #derivedKey(secretAccessKey: string, { accessKeyId, date, region, service }: SignedAs, scope: string): KeyObject {
    const name = `${accessKeyId}/${scope}`;
    const known = this.#derivedKeys.get(name);
    if (known !== undefined) return known;
    let bytes: Buffer | string = `AWS4${secretAccessKey}`;
    for (const part of [date, region, service, "aws4_request"])
      bytes = createHmac("sha256", bytes).update(part).digest();
    const key = createSecretKey(Buffer.from(bytes));
    if (this.#derivedKeys.size >= keysKept) this.#derivedKeys.clear();
    this.#derivedKeys.set(name, key);
    return key;
  }
}

function canonicalRequest(request: WireRequest, { signedHeaders }: SignedAs): string {
  const headers = signedHeaders.map((name) => `${name}:${(request.header(name) ?? "").trim().replace(/ +/g, " ")}\n`);
  const bodyHash = request.header("x-amz-content-sha256") ?? hash("sha256", request.body);
  const path = request.path === "/" ? "/" : canonicalPath(request.path);
  return `${request.method}\n${path}\n${canonicalQuery(request.search)}\n${headers.join("")}\n${signedHeaders.join(";")}\n${bodyHash}`;
}

// Paths are encoded once on the wire and once more for the signature, for every service but S3.
function canonicalPath(path: string): string {
  return path.split("/").map(encode).join("/");
}

function canonicalQuery(search: string): string {
  if (search === "") return "";
  return [...new URLSearchParams(search)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
