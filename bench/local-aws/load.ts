import { connect } from "node:net";

export interface Load {
  readonly perSecond: number;
  /** Latency of the slowest one of a hundred, ms. */
  readonly p99Ms: number;
}

/** Sends the same request again and again over `connections` connections, each waiting for its answer, for `durationMs`. */
export async function load(port: number, request: Buffer, connections: number, durationMs: number): Promise<Load> {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + durationMs;
  await Promise.all(Array.from({ length: connections }, () => one(port, request, end, latencies)));
  const elapsedMs = performance.now() - start;
  latencies.sort((one, other) => one - other);
  return {
    perSecond: (latencies.length / elapsedMs) * 1_000,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  };
}

function one(port: number, request: Buffer, end: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    let sentAt = performance.now();
    socket.setNoDelay(true);
    socket.on("error", reject);
    socket.on("connect", () => socket.write(request));
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (!isWhole(received)) return;
      if (!received.startsWith("HTTP/1.1 200")) return reject(new Error(received));
      const now = performance.now();
      latencies.push(now - sentAt);
      received = "";
      sentAt = now;
      if (now < end) socket.write(request);
      else socket.end(() => resolve());
    });
  });
}

function isWhole(received: string): boolean {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  const length = /content-length: (\d+)/i.exec(received)?.[1] ?? "0";
  return received.length >= headEnd + 4 + Number(length);
}
