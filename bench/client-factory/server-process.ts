// An AWS endpoint as fast as can be, in a process of its own, so that the client alone is measured: it checks
// nothing, and counts sockets and AssumeRole calls. HTTPS as well, if it is given a key and a certificate.
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** STS is rarely nearer than this. */
const stsLatencyMs = 20;

let assumed = 0;
let opened = 0;
let most = 0;
const open = new Set<Socket>();

const secret = JSON.stringify({
  Name: "name",
  SecretString: "value",
  VersionId: "00000000-0000-4000-8000-000000000000",
});

const answer: RequestListener = (request: IncomingMessage, response: ServerResponse) => {
  if (request.headers["x-amz-target"] !== undefined) {
    request.resume().on("end", () => response.setHeader("content-type", "application/x-amz-json-1.1").end(secret));
    return;
  }
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    const text = sts(body);
    setTimeout(() => response.setHeader("content-type", "text/xml").end(text), stsLatencyMs);
  });
};

function sts(body: string): string {
  if (!body.includes("Action=AssumeRole")) {
    return "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
  }
  assumed += 1;
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const operation = body.includes("WithWebIdentity") ? "AssumeRoleWithWebIdentity" : "AssumeRole";
  return `<${operation}Response><${operation}Result><Credentials><AccessKeyId>ASIA${assumed}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::444455556666:assumed-role/R/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser></${operation}Result></${operation}Response>`;
}

const { BENCH_TLS_KEY: key, BENCH_TLS_CERT: cert } = process.env;
const plain = createServer(answer);
const secure = key && cert ? createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, answer) : undefined;
for (const [server, event] of [
  [plain, "connection"],
  [secure, "secureConnection"],
] as const) {
  server?.on(event, (socket: Socket) => {
    opened += 1;
    open.add(socket);
    most = Math.max(most, open.size);
    socket.on("close", () => open.delete(socket));
  });
  if (server !== undefined) {
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }
}

const portOf = (server: typeof plain | typeof secure) => (server?.address() as AddressInfo | undefined)?.port;
process.on("message", (message) => {
  if (message === "reset") [assumed, opened, most] = [0, 0, open.size];
  process.send?.({ assumed, opened, most, open: open.size });
});
process.on("disconnect", () => process.exit());
process.send?.({ plain: portOf(plain), secure: portOf(secure) });
