import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Doorbell } from "./doorbell.ts";
import type { AppendMessage, WorkerRequest } from "./worker-message.ts";

/** What the store's thread has been asked, in order. Waiting for more blocks the thread. */
export class Inbox {
  readonly #port: MessagePort;
  readonly #doorbell: Doorbell;
  #held: WorkerRequest | undefined;

  constructor(port: MessagePort, doorbell: Doorbell) {
    this.#port = port;
    this.#doorbell = doorbell;
  }

  /** The next request; `undefined` if none comes within `timeoutMs`, by default: for ever. */
  take(timeoutMs: number = Number.POSITIVE_INFINITY): WorkerRequest | undefined {
    for (;;) {
      const { rings } = this.#doorbell;
      const request = this.#held ?? (receiveMessageOnPort(this.#port)?.message as WorkerRequest | undefined);
      this.#held = undefined;
      if (request !== undefined || timeoutMs <= 0 || !this.#doorbell.wait(rings, timeoutMs)) return request;
    }
  }

  /** The next request if it is to append; `undefined` if it is not, or none comes within `timeoutMs`. */
  takeAppend(timeoutMs: number): AppendMessage | undefined {
    const request = this.take(timeoutMs);
    if (request?.type === "append") return request;
    this.#held = request;
    return undefined;
  }
}
