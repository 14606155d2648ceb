import type { ProgressEvent } from "./journal-event.ts";
import type { JournalRuntime } from "./journal-runtime.ts";

/** Counts the steps of one phase, and estimates what is left by the mean pace so far. */
export class Progress {
  readonly #runtime: JournalRuntime;
  readonly #facts: Pick<ProgressEvent, "transaction" | "description" | "phase">;
  readonly #total: number | undefined;
  readonly #startedAt: number;
  #done = 0;

  constructor(
    runtime: JournalRuntime,
    facts: Pick<ProgressEvent, "transaction" | "description" | "phase">,
    total: number | undefined,
  ) {
    this.#runtime = runtime;
    this.#facts = facts;
    this.#total = total;
    this.#startedAt = runtime.clock.monotonic();
  }

  stepFinished(): void {
    this.#done += 1;
    const { progressEvents, clock } = this.#runtime;
    if (!progressEvents.active) return;
    const elapsedMs = clock.monotonic() - this.#startedAt;
    const left = this.#total === undefined ? undefined : Math.max(0, this.#total - this.#done);
    const remainingMs = left === undefined ? undefined : (elapsedMs / this.#done) * left;
    progressEvents.emit({ ...this.#facts, done: this.#done, total: this.#total, elapsedMs, remainingMs });
  }
}
