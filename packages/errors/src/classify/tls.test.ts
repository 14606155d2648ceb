import { readFileSync } from "node:fs";
import { Agent, createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, describe, expect, test } from "vitest";
import { type Classification, classify } from "../index.ts";

// Handshakes that fail for the certificate, each with a real server on this host; test/certificates/make.sh made the
// certificates.

const fixture = (file: string): string =>
  readFileSync(new URL(`../../test/certificates/${file}`, import.meta.url), "utf8");
const ca = fixture("authority.pem");

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serverWith(certificate: string): Promise<number> {
  const one = createServer({ cert: fixture(`${certificate}.pem`), key: fixture(`${certificate}.key`) }, (_, response) =>
    response.end("{}"),
  );
  server = one;
  await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  return (one.address() as AddressInfo).port;
}

const trusting = { host: "127.0.0.1", servername: "localhost", ca };
const failures: readonly [string, certificate: string, options: object, code: string][] = [
  ["has expired", "expired", trusting, "CERT_HAS_EXPIRED"],
  ["is not valid yet", "early", trusting, "CERT_NOT_YET_VALID"],
  ["is self-signed", "self-signed", trusting, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["is of another host", "elsewhere", trusting, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["is of an issuer nobody trusts", "valid", { ...trusting, ca: [] }, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
];
const setting = { kind: "configuration", retry: "never", fault: "caller" } satisfies Partial<Classification>;

describe("a certificate that", () => {
  test.each(failures)("%s, asked by node:https", async (_name, certificate, options, code) => {
    const port = await serverWith(certificate);
    const error = await new Promise((resolve) => {
      request({ port, ...options }, resolve)
        .on("error", resolve)
        .end();
    });
    expect(classify(error)).toMatchObject({ code, ...setting });
  });

  test.each(failures)("%s, asked by an SDK client", async (_name, certificate, options, code) => {
    const port = await serverWith(certificate);
    const client = new SecretsManagerClient({
      region: "us-east-1",
      endpoint: `https://127.0.0.1:${port}`,
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      maxAttempts: 1,
      requestHandler: { httpsAgent: new Agent(options) },
    });
    const error = await client.send(new GetSecretValueCommand({ SecretId: "a" })).catch((failure: unknown) => failure);
    client.destroy();
    expect(classify(error)).toMatchObject({ code, ...setting });
  });

  test("is in order fails nothing", async () => {
    const port = await serverWith("valid");
    const status = await new Promise((resolve, reject) => {
      request({ port, ...trusting }, (answer) => resolve(answer.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(200);
  });
});
