import type { Clock } from "@holdfast/errors/policy";
import type { SdkMetadata } from "./sdk-shapes.ts";

/** Counts the attempts of one call and the time between them, as `$metadata` tells them. */
export class AttemptLog {
  readonly #clock: Clock;
  #attempts = 0;
  #lastEndMs: number | undefined;
  #betweenMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get attempts(): number {
    return this.#attempts;
  }

  start(): void {
    if (this.#lastEndMs !== undefined) this.#betweenMs += Math.max(0, this.#clock.monotonic() - this.#lastEndMs);
    this.#attempts += 1;
  }

  end(): void {
    this.#lastEndMs = this.#clock.monotonic();
  }

  /** Writes `attempts` and `totalRetryDelay` (ms) where the SDK's users look for them; leaves frozen errors alone. */
  writeTo(target: unknown): void {
    if (typeof target !== "object" || target === null || this.#attempts === 0) return;
    const holder = target as { $metadata?: SdkMetadata };
    try {
      holder.$metadata ??= {};
      holder.$metadata.attempts = this.#attempts;
      holder.$metadata.totalRetryDelay = Math.round(this.#betweenMs);
    } catch {
      // frozen, or a getter: the policy's own events tell it
    }
  }
}
