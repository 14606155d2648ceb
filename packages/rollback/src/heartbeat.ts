import type { Timer } from "@holdfast/errors/policy";
import type { JournalRuntime } from "./journal-runtime.ts";
import { recordedError } from "./recorded-error.ts";

/** Raises the owner's counter three times per lease while the journal has transactions of its own. */
export class Heartbeat {
  readonly #runtime: JournalRuntime;
  #timer: Timer | undefined;
  #transactions = 0;

  constructor(runtime: JournalRuntime) {
    this.#runtime = runtime;
  }

  transactionBegun(): void {
    this.#transactions += 1;
    if (this.#timer === undefined) this.#schedule();
  }

  transactionEnded(): void {
    this.#transactions -= 1;
    if (this.#transactions === 0) this.stop();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#runtime.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    const { clock, leaseMs } = this.#runtime;
    this.#timer = clock.setTimeout(() => {
      this.#schedule();
      this.#beat();
    }, leaseMs / 3);
    // It must not keep the process alive: work in progress does.
    (this.#timer as { unref?: () => void } | undefined)?.unref?.();
  }

  #beat(): void {
    const { store, owner, logger } = this.#runtime;
    // A store that cannot take a beat takes no intent either: the next append tells the caller.
    store.beat(owner).catch((error) => logger.warn("The journal's heartbeat failed", { error: recordedError(error) }));
  }
}
