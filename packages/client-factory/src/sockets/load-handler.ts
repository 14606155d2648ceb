import { importPeer } from "../import-peer.ts";
import type { MakeHandler } from "./socket-host.ts";

/** The SDK's own HTTP/1.1 handler, loaded when the first request is sent. */
export async function loadHandler(): Promise<MakeHandler> {
  const { NodeHttpHandler } = await importPeer("@smithy/node-http-handler", () => import("@smithy/node-http-handler"));
  return (options) => new NodeHttpHandler(options);
}
