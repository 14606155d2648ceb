/**
 * Flushes when one of some signals comes, and then lets the signal do what it would have done: with no other listener,
 * the process ends by it.
 */
export class SignalFlush {
  readonly #signals: readonly NodeJS.Signals[];
  readonly #flush: () => Promise<void>;
  readonly #onSignal = (signal: NodeJS.Signals) => void this.#flushAndYield(signal);

  constructor(signals: readonly NodeJS.Signals[], flush: () => Promise<void>) {
    this.#signals = signals;
    this.#flush = flush;
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  stop(): void {
    for (const signal of this.#signals) process.off(signal, this.#onSignal);
  }

  async #flushAndYield(signal: NodeJS.Signals): Promise<void> {
    await this.#flush();
    process.off(signal, this.#onSignal);
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    else process.on(signal, this.#onSignal);
  }
}
