import { Worker } from "node:worker_threads";
import { JournalError } from "../journal-error.ts";
import type { AppendRequest } from "../journal-store.ts";
import { Doorbell } from "./doorbell.ts";
import type { AppendOutcome, EngineOptions } from "./engine.ts";
import type { EngineMethod } from "./host.ts";
import { brokenError, unopenedError } from "./sqlite-failure.ts";
import type { SentError, WorkerData, WorkerReply, WorkerRequest } from "./worker-message.ts";

const answersPerTurn = 32;

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** The caller's end of the store's thread. Appends made in one turn go in one message. */
export class WorkerClient {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #doorbell = new Doorbell();
  #nextId = 1;
  #ids: number[] = [];
  #batch: AppendRequest[] = [];
  #opened = false;
  #failure: unknown;

  private constructor(options: EngineOptions) {
    this.#path = options.path;
    // Sources run without a build too: the thread's file has the extension that this one has.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
      workerData: { options, doorbell: this.#doorbell.memory } satisfies WorkerData,
      name: "holdfast-journal",
    });
    this.#worker.on("message", (reply: WorkerReply) => this.#receive(reply));
    this.#worker.on("error", (error) => this.#ended(error));
    this.#worker.on("exit", () => this.#ended(new Error("its thread ended")));
  }

  static async open(options: EngineOptions): Promise<WorkerClient> {
    const client = new WorkerClient(options);
    try {
      await client.#ready.promise;
    } catch (error) {
      await client.#worker.terminate();
      throw error;
    }
    client.#worker.unref();
    return client;
  }

  append(request: AppendRequest): Promise<AppendOutcome> {
    const { id, promise } = this.#wait<AppendOutcome>();
    this.#ids.push(id);
    this.#batch.push(request);
    if (this.#batch.length === 1) this.#sendSoon();
    return promise;
  }

  call(method: EngineMethod, ...args: readonly unknown[]): Promise<unknown> {
    const { id, promise } = this.#wait<unknown>();
    this.#sendBatch();
    this.#post({ type: "call", id, method, args });
    return promise;
  }

  async close(): Promise<void> {
    if (this.#failure === undefined) {
      const { id, promise } = this.#wait<unknown>();
      this.#sendBatch();
      this.#post({ type: "close", id });
      await promise;
    }
    await this.#worker.terminate();
  }

  // While the thread is at work, what comes meanwhile goes together; otherwise at once.
  #sendSoon(): void {
    if (this.#waiting.size > 1) setImmediate(() => this.#sendBatch());
    else process.nextTick(() => this.#sendBatch());
  }

  #sendBatch(): void {
    if (this.#batch.length === 0) return;
    const message: WorkerRequest = { type: "append", ids: this.#ids, batch: this.#batch };
    this.#ids = [];
    this.#batch = [];
    this.#post(message);
  }

  #post(message: WorkerRequest): void {
    this.#worker.postMessage(message);
    this.#doorbell.ring();
  }

  #wait<T>(): { readonly id: number; readonly promise: Promise<T> } {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#failure !== undefined) {
      reject(this.#failure);
      return { id: 0, promise };
    }
    const id = this.#nextId++;
    if (this.#waiting.size === 0) this.#worker.ref(); // the process must not end before the answer
    this.#waiting.set(id, { resolve, reject });
    return { id, promise };
  }

  #receive(reply: WorkerReply): void {
    switch (reply.type) {
      case "ready":
        this.#opened = reply.error === undefined;
        if (reply.error === undefined) this.#ready.resolve();
        else this.#ready.reject(received(reply.error));
        return;
      case "appended":
        this.#appended(reply, 0);
        return;
      case "result":
        this.#take(reply.id)?.resolve(reply.result as never);
        break;
      case "failed":
        for (const id of reply.ids) this.#take(id)?.reject(received(reply.error));
    }
    if (this.#waiting.size === 0) this.#worker.unref();
  }

  // A flush may answer hundreds of appends, and each answer starts work: the event loop gets its turn in between.
  #appended(reply: Extract<WorkerReply, { readonly type: "appended" }>, from: number): void {
    const { ids, outcomes } = reply;
    const to = Math.min(ids.length, from + answersPerTurn);
    for (let index = from; index < to; index++) this.#take(ids[index]!)?.resolve(outcomes[index] as never);
    if (to < ids.length) setImmediate(() => this.#appended(reply, to));
    else if (this.#waiting.size === 0) this.#worker.unref();
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #ended(cause: unknown): void {
    this.#fail(this.#opened ? brokenError(this.#path, cause) : unopenedError(this.#path, cause));
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#ready.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function received({ code, message, cause }: SentError): JournalError {
  return new JournalError(code, message, cause === undefined ? {} : { cause: new Error(cause) });
}
