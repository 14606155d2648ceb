import type { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** The bytes that a client sends for a command: signed, so that they are good for five minutes. */
export async function capturedRequest(client: SecretsManagerClient, command: GetSecretValueCommand): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { method: string; headers: Record<string, string>; body: Uint8Array | string };
      const head = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      const body = typeof request.body === "string" ? Buffer.from(request.body) : request.body;
      bytes = Buffer.concat([Buffer.from(`${request.method} / HTTP/1.1\r\n${head.join("")}\r\n`), body]);
      return next(args);
    },
    { step: "deserialize", priority: "low", name: "capture", override: true },
  );
  await client.send(command);
  client.middlewareStack.remove("capture");
  return bytes;
}
