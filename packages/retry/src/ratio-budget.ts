import { assertDelayMs, assertInteger, assertNumber, type Clock, systemClock } from "@holdfast/errors/policy";
import type { BudgetLedger } from "./retry-budget.ts";

export interface RatioBudgetOptions {
  readonly style: "ratio";
  /** Retries allowed for each call. 0 to 1, default 0.2, as in Finagle and Envoy. */
  readonly ratio?: number | undefined;
  /** How far back calls and retries count, in milliseconds. ≥ 1, default 10,000, as in Finagle. */
  readonly windowMs?: number | undefined;
  /** Calls that may be retrying at once whatever the ratio says. Integer ≥ 0, default 3, as in Envoy; 0 if `minPerSecond` is given. */
  readonly minConcurrent?: number | undefined;
  /** Retries a second allowed whatever the ratio says. ≥ 0, default 0; Finagle has 10. */
  readonly minPerSecond?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** The window is counted in this many slices. */
const slices = 10;

/** @throws OptionError if an option is out of range. */
export function ratioLedger({
  ratio = 0.2,
  windowMs = 10_000,
  minPerSecond = 0,
  minConcurrent = minPerSecond > 0 ? 0 : 3,
  clock = systemClock,
}: RatioBudgetOptions): () => BudgetLedger {
  assertNumber("ratio", ratio, { min: 0, max: 1 });
  assertDelayMs("windowMs", windowMs, { min: 1 });
  assertNumber("minPerSecond", minPerSecond, { min: 0 });
  assertInteger("minConcurrent", minConcurrent, { min: 0 });
  const floor = (minPerSecond * windowMs) / 1_000;
  return () => {
    const calls = new SlidingCount(clock, windowMs);
    const retries = new SlidingCount(clock, windowMs);
    let retrying = 0;
    return {
      get level() {
        const allowed = Math.max(floor, ratio * calls.total);
        if (allowed === 0) return retrying < minConcurrent ? 1 : 0;
        return Math.max(0, 1 - retries.total / allowed);
      },
      open() {
        let isRetrying = false;
        calls.add();
        return {
          canPay: () =>
            (isRetrying ? retrying <= minConcurrent : retrying < minConcurrent) ||
            retries.total + 1 <= Math.max(floor, ratio * calls.total),
          pay() {
            retries.add();
            if (!isRetrying) retrying += 1;
            isRetrying = true;
          },
          succeed() {},
          close() {
            if (isRetrying) retrying -= 1;
            isRetrying = false;
          },
        };
      },
    };
  };
}

/** How many there were in the last `windowMs`, to a tenth of it. */
class SlidingCount {
  readonly #clock: Clock;
  readonly #sliceMs: number;
  readonly #counts: number[] = new Array<number>(slices).fill(0);
  #slice = 0;
  #total = 0;

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#sliceMs = windowMs / slices;
  }

  get total(): number {
    this.#expire();
    return this.#total;
  }

  add(): void {
    this.#expire();
    this.#counts[this.#slice % slices]! += 1;
    this.#total += 1;
  }

  #expire(): void {
    const now = Math.floor(this.#clock.monotonic() / this.#sliceMs);
    const gone = Math.min(slices, now - this.#slice);
    for (let i = 1; i <= gone; i++) {
      const index = (this.#slice + i) % slices;
      this.#total -= this.#counts[index]!;
      this.#counts[index] = 0;
    }
    if (gone > 0) this.#slice = now;
  }
}
