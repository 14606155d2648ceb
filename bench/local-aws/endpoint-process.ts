/** The endpoint, or a bare node:http server beside it, in a process of its own; prints its port and ends with its parent. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startLocalAws } from "../../packages/local-aws/src/index.ts";

process.on("disconnect", () => process.exit());
const kind = process.argv[2];
const fault = { fault: "throttle", operation: "NoneSuch" } as const;

if (kind === "bare") {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1", "content-length": 2 });
      response.end("{}");
    });
  });
  server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
} else {
  const faults = kind === "faults" ? Array.from({ length: 20 }, () => fault) : [];
  const local = await startLocalAws({ quotas: false, faults });
  process.send!(local.port);
}
