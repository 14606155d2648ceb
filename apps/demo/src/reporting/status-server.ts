import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HoldfastError } from "@holdfast/errors";
import { type HealthPart, healthHandler } from "@holdfast/metrics";
import { type PrometheusSink, prometheusHandler } from "@holdfast/metrics/prometheus";

/** Answers `/metrics` for Prometheus, `/livez` and `/readyz` for whoever watches the process. On loopback alone. */
export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface StatusServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly sink: PrometheusSink;
  readonly parts: Readonly<Record<string, HealthPart>>;
}

/** @throws HoldfastError where the port cannot be had. */
export async function openStatusServer({ port, sink, parts }: StatusServerOptions): Promise<StatusServer> {
  const health = healthHandler({ parts });
  const metrics = prometheusHandler(sink);
  const server = createServer((request, response) => {
    if (request.url === "/metrics") metrics(request, response);
    else void health(request, response);
  });
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new HoldfastError(
      `The status server cannot have port ${port}: ${(cause as NodeJS.ErrnoException).code}`,
      {
        code: "REPLICATE_STATUS_PORT",
        kind: "configuration",
        remediation: [
          { text: "Give --status-port another port, or end what listens there", command: `lsof -i :${port}` },
        ],
      },
      { cause },
    );
  }
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
