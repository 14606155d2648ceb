import { importPeer } from "../import-peer.ts";
import type { MakeHandler } from "./socket-host.ts";

let loading: Promise<MakeHandler> | undefined;

/** The SDK's own HTTP/1.1 handler, loaded when the first request is sent. */
export function loadHandler(): Promise<MakeHandler> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined; // it may be installed by the next time
    throw error;
  });
  return loading;
}

async function load(): Promise<MakeHandler> {
  const { NodeHttpHandler } = await importPeer("@smithy/node-http-handler", () => import("@smithy/node-http-handler"));
  return (options) => new NodeHttpHandler(options);
}
