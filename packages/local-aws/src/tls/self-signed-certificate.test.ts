import { X509Certificate } from "node:crypto";
import { Agent } from "node:https";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { failureOf, rig } from "../../test/rig.ts";
import { selfSignedCertificate } from "./self-signed-certificate.ts";

test("the certificate is its own issuer, for localhost alone, and valid now", () => {
  const now = Date.now();
  const certificate = new X509Certificate(selfSignedCertificate(now).certificate);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
  expect(Date.parse(certificate.validFrom)).toBeLessThan(now);
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(now + 300 * 86_400_000);
});

test("a client that is given the certificate trusts the endpoint, and another does not", async () => {
  await using aws = await rig({ tls: true });
  expect(aws.local.endpoint).toMatch(/^https:/);
  const requestHandler = { httpsAgent: new Agent({ ca: aws.local.certificate }) };
  const client = new STSClient({ ...aws.local.clientConfig(), requestHandler });
  expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe("111122223333");
  aws.local.faults.add({ fault: "reset", times: 3 });
  expect(await failureOf(client.send(new GetCallerIdentityCommand({})))).toMatchObject({ code: "ECONNRESET" });
  client.destroy();
  const error = await failureOf(aws.sts().send(new GetCallerIdentityCommand({})));
  expect(error.code).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
});
