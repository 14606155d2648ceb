import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { JournalError } from "../journal-error.ts";
import type { AppendRequest } from "../journal-store.ts";
import type { EngineOptions } from "./engine.ts";
import { SqliteHost } from "./host.ts";
import type { SentError, WorkerReply, WorkerRequest } from "./worker-message.ts";

// The store's thread: every commit takes all appends that have arrived, in one flush.

const port = parentPort!;

try {
  await serve(port, await SqliteHost.open(workerData as EngineOptions));
} catch (error) {
  reply({ type: "ready", error: sent(error) });
}

async function serve(port: MessagePort, host: SqliteHost): Promise<void> {
  const queue: WorkerRequest[] = [];
  let running = false;
  const run = async () => {
    if (running) return;
    running = true;
    for (let next = take(port, queue); next !== undefined; next = take(port, queue)) {
      if (next.type !== "append") await answer(host, next);
      else await append(host, [next, ...takeAppends(port, queue)]);
    }
    running = false;
  };
  port.on("message", (request: WorkerRequest) => {
    queue.push(request);
    void run();
  });
  reply({ type: "ready" });
}

function take(port: MessagePort, queue: WorkerRequest[]): WorkerRequest | undefined {
  const waiting = queue.shift();
  if (waiting !== undefined) return waiting;
  return receiveMessageOnPort(port)?.message as WorkerRequest | undefined;
}

type Append = Extract<WorkerRequest, { readonly type: "append" }>;

function takeAppends(port: MessagePort, queue: WorkerRequest[]): readonly Append[] {
  const appends: Append[] = [];
  for (let next = take(port, queue); next !== undefined; next = take(port, queue)) {
    if (next.type !== "append") {
      queue.unshift(next);
      break;
    }
    appends.push(next);
  }
  return appends;
}

async function append(host: SqliteHost, messages: readonly Append[]): Promise<void> {
  const ids = messages.flatMap((message) => message.ids);
  const batch: AppendRequest[] = messages.flatMap((message) => message.batch);
  try {
    reply({ type: "appended", ids, outcomes: await host.append(batch) });
  } catch (error) {
    reply({ type: "failed", ids, error: sent(error) });
  }
}

async function answer(host: SqliteHost, request: Exclude<WorkerRequest, Append>): Promise<void> {
  const { id } = request;
  try {
    const result =
      request.type === "close" ? await host.close() : await host.call(request.method, ...(request.args as never));
    reply({ type: "result", id, result });
    if (request.type === "close") port.close();
  } catch (error) {
    reply({ type: "failed", ids: [id], error: sent(error) });
  }
}

function reply(message: WorkerReply): void {
  port.postMessage(message);
}

function sent(error: unknown): SentError {
  if (!(error instanceof JournalError)) return { code: "ERR_JOURNAL_BROKEN", message: String(error), cause: undefined };
  return {
    code: error.code,
    message: error.message,
    cause: error.cause instanceof Error ? error.cause.message : undefined,
  };
}
