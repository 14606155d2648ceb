import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { createServer } from "node:http2";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, createEndpointHandler, service } from "@restatedev/restate-sdk";
import { type Contender, effect, measure, type Step, stepsPerTransaction } from "../measure.ts";
import { freePort } from "./free-port.ts";

/** Handlers of 20 `ctx.run` steps, called through the server's ingress. Server, handlers and caller talk over loopback. */
export async function restate(): Promise<Contender> {
  let onStep: Step = (work) => work();
  const bench = service({
    name: "bench",
    handlers: {
      run: async (context: Context) => {
        for (let index = 0; index < stepsPerTransaction; index++) {
          await onStep(async () => context.run(`step-${index}`, effect));
        }
      },
    },
  });
  const handlers = createServer(createEndpointHandler({ services: [bench], logger: () => {} })).listen(0, "127.0.0.1");
  await once(handlers, "listening");
  const { port } = handlers.address() as { readonly port: number };
  const server = await startServer();
  await post(`${server.admin}/deployments`, { uri: `http://127.0.0.1:${port}` });
  return {
    name: "Restate",
    settings: `restate-server ${server.version}, one node, its defaults (log fsynced before an answer, 24 partitions), telemetry off, loopback TCP; each step's output durable after its effect`,
    run: (transactions, durationMs) =>
      measure(transactions, durationMs, async (step) => {
        onStep = step;
        await post(`${server.ingress}/bench/run`);
      }),
    close: async () => {
      await server.close();
      await new Promise((resolve) => handlers.close(resolve));
    },
  };
}

async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), "restate-"));
  const [ingress, admin, node, nowhere] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const { version } = require("@restatedev/restate-server/package.json") as { readonly version: string };
  const program = require.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`);
  const options = ["--base-dir", folder, "--listen-mode", "tcp", "--bind-ip", "127.0.0.1", "--bind-port", `${node}`];
  const server = spawn(program, ["--no-logo", "--log-filter", "error", ...options], {
    stdio: "ignore",
    env: {
      ...process.env,
      TMPDIR: folder, // it leaves files there
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_DISABLE_TELEMETRY: "true",
      HTTPS_PROXY: `http://127.0.0.1:${nowhere}`, // it asks the internet for later versions of itself
    },
  });
  await untilHealthy(server, `http://127.0.0.1:${admin}/health`);
  await untilHealthy(server, `http://127.0.0.1:${ingress}/restate/health`);
  return {
    version,
    ingress: `http://127.0.0.1:${ingress}`,
    admin: `http://127.0.0.1:${admin}`,
    close: async () => {
      const closed = once(server, "close");
      server.kill("SIGKILL"); // its data is thrown away: no need to wait for an orderly end
      await closed;
      agent.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilHealthy(server: ChildProcess, url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (server.exitCode !== null) throw new Error(`restate-server ended with ${server.exitCode}`);
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(100);
  }
  throw new Error(`restate-server did not become healthy at ${url} within a minute`);
}

const require = createRequire(import.meta.url);
const agent = new Agent({ keepAlive: true });

function post(url: string, body?: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      const { statusCode = 0 } = answer;
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      answer.on("end", () => (statusCode < 300 ? resolve() : reject(new Error(`${url}: ${statusCode} ${text}`))));
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
