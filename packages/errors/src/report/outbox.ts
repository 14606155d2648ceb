import type { Logger } from "../logger.ts";
import type { ErrorRecord } from "./error-record.ts";
import type { ErrorSink } from "./error-sink.ts";

/** Brings records to the sinks in order, one batch at a time, without a timer. */
export class Outbox {
  readonly #sinks: readonly ErrorSink[];
  readonly #capacity: number;
  readonly #logger: Pick<Logger, "warn"> | undefined;
  undelivered = 0;
  #waiting: ErrorRecord[] = [];
  #delivery: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(sinks: readonly ErrorSink[], capacity: number, logger: Pick<Logger, "warn"> | undefined) {
    this.#sinks = sinks;
    this.#capacity = capacity;
    this.#logger = logger;
  }

  add(record: ErrorRecord): void {
    if (this.#closed || this.#sinks.length === 0) return;
    this.#waiting.push(record);
    if (this.#waiting.length > this.#capacity) {
      this.#waiting.shift();
      this.undelivered++;
      return;
    }
    if (this.#waiting.length === 1) this.#delivery = this.#delivery.then(() => this.#deliver());
  }

  async flush(): Promise<void> {
    await this.#delivery;
  }

  async close(): Promise<void> {
    if (this.#closed) return this.#delivery;
    this.#closed = true;
    this.#delivery = this.#delivery.then(async () => {
      await Promise.all(this.#sinks.map((sink) => this.#guarded(() => sink.close?.())));
    });
    await this.#delivery;
  }

  async #deliver(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    await Promise.all(this.#sinks.map((sink) => this.#guarded(() => sink.write(batch))));
  }

  async #guarded(run: () => void | Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#logger?.warn("An error sink failed; the records are still in the history", { error });
    }
  }
}
