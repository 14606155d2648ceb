import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Reply } from "../protocol/protocol.ts";
import type { SelfSigned } from "../tls/self-signed-certificate.ts";
import { exchangeOver } from "./exchange.ts";
import type { RequestHandler } from "./request-handler.ts";
import { WireRequest } from "./wire-request.ts";

/** Longest body read, a little over what any service here takes. */
const longestBody = 32 * 1024 * 1024;

/** The listening socket. Can go away and come back at the same port, as a host that refuses connections does. */
export class HttpEndpoint {
  readonly #server: Server;
  readonly #scheme: "http" | "https";
  readonly #host: string;
  #port: number;

  constructor(handler: RequestHandler, host: string, port: number, tls: SelfSigned | undefined) {
    const onRequest = (incoming: IncomingMessage, response: ServerResponse) => receive(incoming, response, handler);
    this.#scheme = tls === undefined ? "http" : "https";
    this.#server =
      tls === undefined ? createServer(onRequest) : createTlsServer({ key: tls.key, cert: tls.certificate }, onRequest);
    this.#server.keepAliveTimeout = 120_000; // longer than clients keep idle sockets, so that none meets a closing one
    this.#server.requestTimeout = 0;
    this.#host = host;
    this.#port = port;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `${this.#scheme}://${this.#host.includes(":") ? `[${this.#host}]` : this.#host}:${this.#port}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, this.#host, () => {
        this.#server.off("error", reject);
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Ends every connection and refuses new ones. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** Lets the process end though the endpoint listens. */
  unref(): void {
    this.#server.unref();
    this.#server.on("connection", (socket: Socket) => socket.unref());
  }
}

function receive(incoming: IncomingMessage, response: ServerResponse, handler: RequestHandler): void {
  const chunks: Buffer[] = [];
  let length = 0;
  incoming.on("error", () => {});
  response.on("error", () => {});
  incoming.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > longestBody) incoming.destroy();
    else chunks.push(chunk);
  });
  incoming.on("end", () => {
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    const request = new WireRequest(incoming.method ?? "GET", incoming.url ?? "/", incoming.headers, body);
    const exchange = exchangeOver(response);
    try {
      handler.handle(request, exchange);
    } catch (error) {
      exchange.answer(failureReply(error)); // a rule's or a responder's own function threw
    }
  });
}

function failureReply(error: unknown): Reply {
  const body = JSON.stringify({ __type: "InternalFailure", message: `The endpoint failed: ${String(error)}` });
  return { status: 500, headers: { "content-type": "application/x-amz-json-1.1" }, body };
}
