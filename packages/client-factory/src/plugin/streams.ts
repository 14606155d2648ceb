import { Readable } from "node:stream";

/** Whether a body can be read only once, so that the request that carries it cannot be sent again. */
export function isStream(body: unknown): boolean {
  return body instanceof Readable || (typeof ReadableStream !== "undefined" && body instanceof ReadableStream);
}

/** Lets go of the streams in an answer that nobody will read, and so of the sockets they hold. */
export function discardStreams(output: unknown): void {
  if (typeof output !== "object" || output === null) return;
  for (const value of Object.values(output)) {
    if (!(value instanceof Readable)) continue;
    value.on("error", () => {}); // destroying a half-read answer may report a reset
    value.destroy();
  }
}
