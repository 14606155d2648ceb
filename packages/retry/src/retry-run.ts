import type { CallContext, Next } from "@holdfast/errors/policy";
import { runWithAmbient } from "./ambient-retry.ts";
import { Pause } from "./pause.ts";
import { refuseIterator } from "./refuse-iterator.ts";
import type { FailureReason, RetryEmitters } from "./retry-events.ts";
import { RetryProgress } from "./retry-progress.ts";
import type { RetrySettings } from "./retry-settings.ts";

/** Zero-delay retries in a row before the event loop gets a turn. */
const mostWithoutTurn = 100;

/** One call under a retry policy: makes its attempts, waits its pauses, and obeys an abort in both. */
export class RetryRun<T> {
  readonly #settings: RetrySettings;
  readonly #context: CallContext;
  readonly #next: Next<T>;
  readonly #progress: RetryProgress;
  #attempting = false;
  #pause: Pause | undefined;
  #value: T | undefined;

  constructor(
    settings: RetrySettings,
    emitters: RetryEmitters,
    context: CallContext,
    next: Next<T>,
    startedAt: number = settings.clock.now(),
  ) {
    this.#settings = settings;
    this.#context = context;
    this.#next = next;
    this.#progress = new RetryProgress(settings, emitters, startedAt, context);
  }

  /** Makes the call from its first attempt on. */
  start(): Promise<T> {
    this.#watch();
    return this.#run(undefined);
  }

  /** Goes on with a call whose first attempt was made without a run and failed. */
  resume(error: unknown): Promise<T> {
    this.#watch();
    this.#progress.attempt = 1;
    return this.#run({ error });
  }

  /** Takes note that the caller gave up during a first attempt made without a run. */
  abandonFirst(reason: unknown): void {
    this.#progress.attempt = 1;
    this.#attempting = true;
    this.#abandon(reason);
  }

  /** An abandoned first attempt came to something after all. */
  reportLate(outcome: FailureReason): void {
    this.#progress.reportLate(outcome);
  }

  #watch(): void {
    if (this.#context.abortable) this.#context.onAbort(this.#abandon);
  }

  // The caller's promise is rejected by whoever began the call, whatever the attempt does from here on.
  readonly #abandon = (reason: unknown): void => {
    if (this.#attempting) this.#progress.record(undefined);
    this.#progress.giveUp({ error: reason }, "aborted");
    this.#pause?.end();
  };

  async #run(first: FailureReason | undefined): Promise<T> {
    try {
      let failure = first ?? (await this.#makeAttempt());
      while (failure !== undefined) {
        const decision = this.#progress.fail(failure);
        if (decision.next === "stop") {
          this.#progress.giveUp(failure, decision.stopReason);
          if ("error" in failure) throw failure.error;
          return failure.value as T;
        }
        if (decision.next === "refresh") await this.#refresh(failure);
        else if (decision.delayMs > 0) await this.#wait(decision.delayMs);
        else if (this.#progress.attempt % mostWithoutTurn === 0) await this.#wait(0);
        failure = await this.#makeAttempt();
      }
      return this.#value as T;
    } finally {
      this.#progress.close();
      if (this.#context.abortable) this.#context.offAbort(this.#abandon);
    }
  }

  /** Resolves to what went wrong, or to `undefined` once the value is in hand. */
  async #makeAttempt(): Promise<FailureReason | undefined> {
    if (this.#context.aborted) throw this.#context.reason;
    this.#progress.begin(this.#settings.clock.now());
    this.#attempting = true;
    let value: T;
    try {
      value = await this.#callNext();
    } catch (error) {
      if (this.#progress.over) this.#progress.reportLate({ error });
      return { error };
    } finally {
      this.#attempting = false;
    }
    if (this.#progress.over) {
      this.#progress.reportLate({ value });
      throw this.#context.reason;
    }
    if (this.#settings.retryResultIf?.(value) === true) return { value };
    this.#value = value;
    this.#progress.succeed();
    return undefined;
  }

  #callNext(): PromiseLike<T> | T {
    const { nested, budget, name } = this.#settings;
    const { attempt, deadline, around } = this.#progress;
    let context = this.#context.withAttempt(attempt);
    if (deadline !== undefined) context = context.withDeadline(deadline);
    const call = () => refused(this.#next(context));
    if (attempt === 1 && deadline === undefined && nested === "share") return call();
    return runWithAmbient(
      {
        policy: name,
        deadline,
        budget: budget ?? around?.budget,
        nested: around?.nested === "single" ? "single" : nested,
      },
      call,
    );
  }

  async #refresh(failure: FailureReason): Promise<void> {
    if ("error" in failure) await this.#settings.refresh?.(failure.error, this.#context.call);
  }

  #wait(delayMs: number): Promise<void> {
    const { clock, unref } = this.#settings;
    this.#pause = new Pause(clock, delayMs, unref);
    return this.#pause.ended;
  }
}

function refused<T>(result: PromiseLike<T> | T): PromiseLike<T> | T {
  return result instanceof Promise ? result : refuseIterator(result as T);
}
