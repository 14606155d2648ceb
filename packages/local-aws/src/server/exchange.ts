import type { ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import type { Reply } from "../protocol/protocol.ts";

/** The one answer that a request may get. */
export interface Exchange {
  answer(reply: Reply): void;
  /** Resets the connection. */
  reset(): void;
  /** Answers all but the end of the body, then resets the connection. */
  breakOff(reply: Reply): void;
}

export function exchangeOver(response: ServerResponse): Exchange {
  const reset = () => {
    const { socket } = response;
    if (socket instanceof TLSSocket)
      socket.destroy(); // under TLS no reset can be sent; the client meets a hang-up
    else socket?.resetAndDestroy();
  };
  return {
    reset,
    answer({ status, headers, body }) {
      if (response.destroyed) return;
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      response.writeHead(status, { ...headers, "content-length": bytes.length });
      response.end(bytes);
    },
    breakOff({ status, headers, body }) {
      if (response.destroyed) return;
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      response.writeHead(status, { ...headers, "content-length": bytes.length });
      response.write(bytes.subarray(0, bytes.length >> 1), reset);
    },
  };
}
