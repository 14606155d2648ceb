import {
  assertDelayMs,
  assertInteger,
  assertKnownOptions,
  assertNumber,
  type CallContext,
  type CallDetails,
  type Clock,
  Emitter,
  type Event,
  type Next,
  PolicyBase,
  systemClock,
} from "@holdfast/errors/policy";
import { assertBudget } from "./assert-budget.ts";
import { HedgeRun } from "./hedge-run.ts";
import { LatencyWindow } from "./latency-window.ts";
import type { RetryBudget } from "./retry-budget.ts";

export interface HedgeOptions {
  /** How long to wait for an answer before asking again, in milliseconds; used until `percentile` has enough to go by. */
  readonly delayMs: number;
  /** Wait as long as this share of the last 100 answers took instead, e.g. 0.95. 0.01 to 0.999. Default none. */
  readonly percentile?: number | undefined;
  /** Further calls at most. Integer ≥ 1, default 1. */
  readonly maxHedges?: number | undefined;
  /** Paid from for each hedge, like a retry. Default none. */
  readonly budget?: RetryBudget | undefined;
  /** Names the policy in messages and metrics. Default `"hedge"`. */
  readonly name?: string | undefined;
  readonly clock?: Clock | undefined;
}

const optionNames = { delayMs: 0, percentile: 0, maxHedges: 0, budget: 0, name: 0, clock: 0 };

export interface HedgeEvent {
  /** The call that is made now: 2 is the first hedge. */
  readonly attempt: number;
  /** How long there was no answer, in milliseconds. */
  readonly waitedMs: number;
  readonly call: CallDetails | undefined;
}

/**
 * Asks again when an answer is slow, and takes the first that comes: for reads, which may be made twice. The
 * signals of the others abort. A failure counts only when no call is left that may answer; the first is thrown.
 *
 * @throws OptionError if an option is out of range.
 */
export function hedge(options: HedgeOptions): HedgePolicy {
  return new HedgePolicy(options);
}

/** What `hedge()` returns. */
export class HedgePolicy extends PolicyBase {
  readonly kind = "hedge";
  readonly name: string;
  readonly #hedge = new Emitter<HedgeEvent>();
  /** Before each further call. */
  readonly onHedge: Event<HedgeEvent> = this.#hedge.event;
  readonly #delayMs: number;
  readonly #percentile: number | undefined;
  readonly #maxHedges: number;
  readonly #budget: RetryBudget | undefined;
  readonly #clock: Clock;
  readonly #latencies = new LatencyWindow();

  constructor(options: HedgeOptions) {
    super();
    assertKnownOptions("hedge()", options, optionNames);
    const { delayMs, percentile, maxHedges = 1, budget, name = "hedge", clock = systemClock } = options;
    assertDelayMs("delayMs", delayMs);
    assertInteger("maxHedges", maxHedges, { min: 1 });
    assertBudget(budget);
    if (percentile !== undefined) assertNumber("percentile", percentile, { min: 0.01, max: 0.999 });
    this.name = name;
    this.#delayMs = delayMs;
    this.#percentile = percentile;
    this.#maxHedges = maxHedges;
    this.#budget = budget;
    this.#clock = clock;
  }

  /** How long the next call waits before it is hedged, in milliseconds. */
  get delayMs(): number {
    return (this.#percentile === undefined ? undefined : this.#latencies.percentile(this.#percentile)) ?? this.#delayMs;
  }

  /** Runs `next`, and runs it again beside itself while there is no answer. */
  async executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    const startedAt = this.#clock.monotonic();
    const { delayMs } = this;
    const account = this.#budget?.open(context.call);
    const maxCalls = context.call?.repeatable === false ? 1 : this.#maxHedges + 1;
    try {
      const value = await new HedgeRun({
        context,
        next,
        delayMs,
        maxCalls,
        clock: this.#clock,
        mayHedge: (attempt) => {
          if (account?.canPay(false) === false) return false;
          account?.pay(false);
          if (this.#hedge.active) {
            this.#hedge.emit({ attempt, waitedMs: this.#clock.monotonic() - startedAt, call: context.call });
          }
          return true;
        },
      }).answer();
      const duration = this.#clock.monotonic() - startedAt;
      this.#latencies.add(duration);
      account?.succeed();
      this.succeeded(duration);
      return value;
    } catch (error) {
      this.failed(this.#clock.monotonic() - startedAt, error, false);
      throw error;
    } finally {
      account?.close();
    }
  }
}
