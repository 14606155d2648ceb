import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Counts {
  readonly assumed: number;
  /** Sockets opened since the last reset. */
  readonly opened: number;
  /** Most sockets open at one time since the last reset. */
  readonly most: number;
  readonly open: number;
}

export interface Server {
  readonly endpoint: string;
  /** `undefined` where there is no openssl to make a certificate with. */
  readonly secureEndpoint: string | undefined;
  counts(): Promise<Counts>;
  reset(): Promise<Counts>;
  stop(): void;
}

/** Starts the endpoint in a process of its own. */
export async function startServer(): Promise<Server> {
  const tls = certificate();
  const child = fork(new URL("./server-process.ts", import.meta.url), {
    env: { ...process.env, ...(tls && { BENCH_TLS_KEY: tls.key, BENCH_TLS_CERT: tls.cert }) },
  });
  const { plain, secure } = await next<{ plain: number; secure: number | undefined }>(child);
  const ask = (message: string) => {
    const answer = next<Counts>(child);
    child.send(message);
    return answer;
  };
  return {
    endpoint: `http://127.0.0.1:${plain}`,
    secureEndpoint: secure === undefined ? undefined : `https://127.0.0.1:${secure}`,
    counts: () => ask("counts"),
    reset: () => ask("reset"),
    stop: () => child.disconnect(),
  };
}

function next<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve) => child.once("message", (message) => resolve(message as Message)));
}

function certificate(): { readonly key: string; readonly cert: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  try {
    execFileSync(
      "openssl",
      ["req", "-x509", ...curve, "-nodes", "-days", "1", "-keyout", key, "-out", cert, ...subject],
      { stdio: "ignore" },
    );
  } catch {
    return undefined;
  }
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // the certificate is a minute old and its own
  return { key, cert };
}
