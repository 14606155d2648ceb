import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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

/** @throws the system's error where the port is taken. */
export async function openStatusServer({ port, sink, parts }: StatusServerOptions): Promise<StatusServer> {
  const health = healthHandler({ parts });
  const metrics = prometheusHandler(sink);
  const server = createServer((request, response) => {
    if (request.url === "/metrics") metrics(request, response);
    else void health(request, response);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
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
