import type { StopReason } from "@holdfast/errors";
import { type AbortListener, type CallContext, type Next, settle } from "@holdfast/errors/policy";
import { type AmbientRetry, enterAmbient, leaveAmbient } from "./ambient-retry.ts";
import { Pause } from "./pause.ts";
import type { FailureReason } from "./retry-events.ts";
import { RetryProgress } from "./retry-progress.ts";
import type { RetrySettings } from "./retry-settings.ts";
import { warnOfThrow } from "./warn.ts";

/** Zero-delay retries in a row before the event loop gets a turn. */
const mostWithoutTurn = 100;

/** One call under a retry policy: makes its attempts, waits its pauses, and obeys an abort in both. */
export class RetryRun<T> implements AbortListener {
  newer: AbortListener | undefined;
  older: AbortListener | undefined;
  // Not #private, as in `RetryProgress`: made by each call that fails.
  private readonly settings: RetrySettings;
  private readonly context: CallContext;
  private readonly next: Next<T>;
  readonly progress: RetryProgress;
  private attempting: boolean;
  private ambient: AmbientRetry | undefined;
  private pause: Pause | undefined;

  /** @param firstBeganAt if the first attempt was begun without this run, when that was */
  constructor(settings: RetrySettings, context: CallContext, next: Next<T>, firstBeganAt?: number | undefined) {
    this.settings = settings;
    this.context = context;
    this.next = next;
    this.progress = new RetryProgress(settings, firstBeganAt ?? settings.clock.now(), context);
    this.attempting = firstBeganAt !== undefined;
    if (this.attempting) this.progress.attempt = 1;
  }

  /** The caller gave up, and whoever began the call rejects its promise, whatever the attempt does from here on. */
  heard(reason: unknown): void {
    if (this.attempting) this.progress.record(undefined);
    this.progress.giveUp({ error: reason }, "aborted");
    this.pause?.end();
  }

  /** Makes the call, from its first attempt on or from how that failed. */
  async run(first?: FailureReason): Promise<T> {
    const { context, progress } = this;
    this.attempting = false;
    context.onAbort(this);
    try {
      if (progress.tooLate !== undefined) return this.#giveUp({ error: progress.tooLate }, "deadline");
      let failure = first;
      for (;;) {
        if (failure !== undefined) {
          const decision = progress.fail(failure);
          if (decision.next === "stop") return this.#giveUp(failure, decision.stopReason);
          this.#assertWanted();
          if (decision.next === "refresh") await this.#refresh(failure);
          else if (decision.delayMs > 0) await this.#wait(decision.delayMs);
          else if (progress.attempt % mostWithoutTurn === 0) await this.#wait(0);
        }
        this.#begin();
        let outcome: FailureReason;
        try {
          outcome = { value: await this.#call() };
        } catch (error) {
          outcome = { error };
        }
        this.#end(outcome);
        if ("value" in outcome && !progress.refuses(outcome.value)) {
          progress.succeed();
          return outcome.value as T;
        }
        failure = outcome;
      }
    } finally {
      progress.close();
      context.offAbort(this);
    }
  }

  #begin(): void {
    this.#assertWanted();
    this.progress.begin(this.settings.clock.now());
    this.attempting = true;
  }

  #call(): Promise<T> {
    const { nested, budget, name } = this.settings;
    const { attempt, deadline, around } = this.progress;
    let context = this.context.withAttempt(attempt);
    if (deadline !== undefined) context = context.withDeadline(deadline);
    if (attempt === 1 && deadline === undefined && nested === "share") return settle(this.next, context);
    this.ambient = {
      policy: name,
      deadline,
      budget: budget ?? around?.budget,
      nested: around?.nested === "single" ? "single" : nested,
      around,
      over: false,
    };
    return enterAmbient(this.ambient, () => settle(this.next, context));
  }

  #end(outcome: FailureReason): void {
    this.attempting = false;
    if (this.ambient !== undefined) leaveAmbient(this.ambient);
    if (this.progress.over) this.progress.reportLate(outcome);
    this.#assertWanted();
  }

  #giveUp(failure: FailureReason, stopReason: StopReason): T {
    this.#assertWanted();
    this.progress.giveUp(failure, stopReason);
    if ("error" in failure) throw failure.error;
    return failure.value as T;
  }

  /** The caller may give up at any time: in an attempt, in a pause, and in a listener that hears of a failure. */
  #assertWanted(): void {
    if (this.progress.over) throw this.context.reason;
  }

  async #refresh(failure: FailureReason): Promise<void> {
    try {
      if ("error" in failure) await this.settings.refresh!(failure.error, this.context.call);
    } catch (error) {
      warnOfThrow(this.settings, error);
      this.#giveUp(failure, "not-retryable");
    }
  }

  #wait(delayMs: number): Promise<void> {
    const { clock, unref } = this.settings;
    this.pause = new Pause(clock, delayMs, unref);
    return this.pause.ended;
  }
}
