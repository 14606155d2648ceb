import { parentPort, workerData } from "node:worker_threads";
import { JournalError } from "../journal-error.ts";
import { Doorbell } from "./doorbell.ts";
import { gather } from "./gather.ts";
import { idleMs, SqliteHost } from "./host.ts";
import { Inbox } from "./inbox.ts";
import type { AppendMessage, SentError, WorkerData, WorkerReply, WorkerRequest } from "./worker-message.ts";

// The store's thread: every commit takes all appends that have arrived, in one flush. It blocks while there is nothing to do.

const port = parentPort!;
const { options, doorbell } = workerData as WorkerData;

try {
  await serve(await SqliteHost.open(options), new Inbox(port, new Doorbell(doorbell)));
} catch (error) {
  reply({ type: "ready", error: sent(error) });
}

async function serve(host: SqliteHost, inbox: Inbox): Promise<void> {
  reply({ type: "ready" });
  let last = { appends: 0, ms: 0 };
  for (;;) {
    const arrived = inbox.take(0);
    const request = arrived ?? waitForRequest(host, inbox);
    if (request.type === "append") {
      const messages = gather(inbox, request, last, arrived === undefined);
      const startedAt = performance.now();
      const appends = await append(host, messages);
      last = { appends, ms: performance.now() - startedAt };
    } else await answer(host, request);
    if (request.type === "close") return;
  }
}

function waitForRequest(host: SqliteHost, inbox: Inbox): WorkerRequest {
  const request = inbox.take(idleMs);
  if (request !== undefined) return request;
  host.tidy();
  return inbox.take()!;
}

async function append(host: SqliteHost, messages: readonly AppendMessage[]): Promise<number> {
  const ids = messages.flatMap((message) => message.ids);
  const batch = messages.flatMap((message) => message.batch);
  try {
    reply({ type: "appended", ids, outcomes: await host.append(batch) });
  } catch (error) {
    reply({ type: "failed", ids, error: sent(error) });
  }
  return batch.length;
}

async function answer(host: SqliteHost, request: Exclude<WorkerRequest, AppendMessage>): Promise<void> {
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
