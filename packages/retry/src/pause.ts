import type { Clock, Timer } from "@holdfast/errors/policy";

/** A wait that can be ended early, and then leaves no timer. */
export class Pause {
  readonly ended: Promise<void>;
  readonly #clock: Clock;
  readonly #timer: Timer;
  #resolve: () => void = () => {};

  /** @param unref whether the process may end during the pause */
  constructor(clock: Clock, delayMs: number, unref: boolean) {
    this.#clock = clock;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#timer = clock.setTimeout(() => {
      this.end();
    }, delayMs);
    if (unref) (this.#timer as { unref?: () => void } | undefined)?.unref?.();
  }

  end(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#resolve();
  }
}
