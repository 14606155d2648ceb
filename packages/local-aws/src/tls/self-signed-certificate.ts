import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { bits, integer, objectIdentifier, octets, sequence, set, tagged, utcTime, utf8, yes } from "./der.ts";

/** A key and its certificate, both as PEM. */
export interface SelfSigned {
  readonly key: string;
  /** For the `ca` option of clients that are to trust it. */
  readonly certificate: string;
}

const ecdsaWithSha256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"));
const hostname = "localhost";
const dayMs = 86_400_000;

/** A new certificate for localhost, 127.0.0.1 and ::1, valid from yesterday for a year. It signs itself (RFC 5280, P-256). */
export function selfSignedCertificate(nowMs: number): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(set(sequence(objectIdentifier("2.5.4.3"), utf8("Holdfast local-aws"))));
  const version3 = tagged(0xa0, integer(Buffer.of(2)));
  const content = sequence(
    version3,
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    name,
    sequence(utcTime(nowMs - dayMs), utcTime(nowMs + 365 * dayMs)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(subjectAltNames(), authority())),
  );
  const certificate = sequence(content, ecdsaWithSha256, bits(sign("sha256", content, privateKey)));
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), certificate: pem(certificate) };
}

function subjectAltNames(): Buffer {
  const dns = tagged(0x82, Buffer.from(hostname));
  const ipv4 = tagged(0x87, Buffer.of(127, 0, 0, 1));
  const ipv6 = tagged(0x87, Buffer.concat([Buffer.alloc(15), Buffer.of(1)]));
  return sequence(objectIdentifier("2.5.29.17"), octets(sequence(dns, ipv4, ipv6)));
}

// Basic constraints, critical: it may vouch for itself.
function authority(): Buffer {
  return sequence(objectIdentifier("2.5.29.19"), yes, octets(sequence(yes)));
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
