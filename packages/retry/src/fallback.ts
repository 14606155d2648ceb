import {
  assertFunction,
  assertKnownOptions,
  type CallContext,
  type CallDetails,
  Emitter,
  type Event,
  type Next,
  PolicyBase,
  settle,
} from "@holdfast/errors/policy";

export interface FallbackOptions<Alternative> {
  /** Which errors to answer. Default: all but the caller's own abort. */
  readonly when?: ((error: unknown) => boolean) | undefined;
  /** Names the policy in messages and metrics. Default `"fallback"`. */
  readonly name?: string | undefined;
  /**
   * Makes the answer, with the error in hand. What it throws is the call's error, untouched: to keep the one it was
   * to answer, throw yours with `{ cause: error }`.
   */
  readonly to: (error: unknown, context: CallContext) => PromiseLike<Alternative> | Alternative;
}

export interface FallbackEvent {
  readonly error: unknown;
  readonly call: CallDetails | undefined;
}

/**
 * Answers a call that failed with something else, made from its error.
 *
 * @throws OptionError unless `to` is a function.
 */
export function fallback<Alternative>(options: FallbackOptions<Alternative>): FallbackPolicy<Alternative> {
  return new FallbackPolicy(options);
}

/** What `fallback()` returns. */
export class FallbackPolicy<Alternative> extends PolicyBase<Alternative> {
  readonly kind = "fallback";
  readonly name: string;
  readonly #fallback = new Emitter<FallbackEvent>();
  /** Before the fallback answers. */
  readonly onFallback: Event<FallbackEvent> = this.#fallback.event;
  readonly #when: (error: unknown) => boolean;
  readonly #to: FallbackOptions<Alternative>["to"];

  constructor(options: FallbackOptions<Alternative>) {
    super();
    assertKnownOptions("fallback()", options, { to: 0, when: 0, name: 0 });
    const { to, when = () => true, name = "fallback" } = options;
    assertFunction("to", to);
    assertFunction("when", when);
    this.name = name;
    this.#to = to;
    this.#when = when;
  }

  /** Runs `next`, and answers for it if it fails. */
  async executeWithin<T>(context: CallContext, next: Next<T>): Promise<T | Alternative> {
    const timed = this.timesCalls;
    const startedAt = timed ? performance.now() : 0;
    try {
      const value = await settle(next, context);
      if (timed) this.succeeded(performance.now() - startedAt);
      return value;
    } catch (error) {
      const handled = !context.aborted && this.#when(error);
      if (timed) this.failed(performance.now() - startedAt, error, handled);
      if (!handled) throw error;
      if (this.#fallback.active) this.#fallback.emit({ error, call: context.call });
      return this.#to(error, context);
    }
  }
}
