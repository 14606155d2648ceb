import { createServer } from "node:http";
import { LimitedServer } from "./limited-server.ts";
import type { ServerFacts } from "./scenarios.ts";

/** The limited server in a process of its own. Told its facts, it starts anew and begins to count time. */

/** What was asked of the server and what it said, by client process, in milliseconds from the start. */
export interface ServerLog {
  readonly accepted: readonly (readonly [atMs: number, client: string])[];
  readonly throttled: number;
  readonly failed: number;
  readonly askedAt: readonly number[];
}

let startedAt = performance.now();
let limited = new LimitedServer({ limits: [], burst: 0, latencyMs: 0 }, Math.random);
let accepted: [number, string][] = [];
let askedAt: number[] = [];
let throttled = 0;
let failed = 0;

const bodies = {
  accepted: [200, '{"ARN":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:a","Name":"a","SecretString":"s"}'],
  throttled: [400, '{"__type":"ThrottlingException","message":"Rate exceeded"}'],
  failed: [500, '{"__type":"InternalServiceError","message":"An error occurred on the server side."}'],
} as const;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  const now = performance.now() - startedAt;
  const answer = limited.answer(now, String(request.headers["x-operation"] ?? ""));
  askedAt.push(now);
  if (answer === "accepted") accepted.push([now, String(request.headers["x-client"] ?? "")]);
  else if (answer === "throttled") throttled += 1;
  else failed += 1;
  const [status, body] = bodies[answer];
  setTimeout(() => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1", "content-length": body.length });
    response.end(body);
  }, limited.latencyMs(now));
});

server.listen(0, "127.0.0.1", () => {
  process.send?.({ port: (server.address() as { port: number }).port });
});

process.on("message", (message: { readonly start: ServerFacts } | { readonly report: true }) => {
  if ("start" in message) {
    limited = new LimitedServer(message.start, Math.random);
    [accepted, askedAt, throttled, failed, startedAt] = [[], [], 0, 0, performance.now()];
    process.send?.({ started: true });
  } else {
    process.send?.({ log: { accepted, throttled, failed, askedAt } satisfies ServerLog });
  }
});
process.on("disconnect", () => process.exit());
