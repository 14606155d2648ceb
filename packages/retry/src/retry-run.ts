import type { Attempt, Classification, StopReason } from "@holdfast/errors";
import type { CallContext, Next } from "@holdfast/errors/policy";
import { type AmbientRetry, ambientRetry, runWithAmbient } from "./ambient-retry.ts";
import { attachLedger, recordAttempt } from "./attempt-record.ts";
import type { Backoff } from "./backoff.ts";
import { noticeNesting } from "./nesting-notice.ts";
import { Pause } from "./pause.ts";
import { pauseLength } from "./pause-length.ts";
import { refuseIterator } from "./refuse-iterator.ts";
import type { BudgetAccount } from "./retry-budget.ts";
import type { FailureReason, RetryEmitters } from "./retry-events.ts";
import type { RetrySettings } from "./retry-settings.ts";
import { stopReasonOf } from "./stop-reason.ts";

/** The most failures of one call that use up no attempt. */
const mostUncounted = 1_000;

/** Zero-delay retries in a row before the event loop gets a turn. */
const mostWithoutTurn = 100;

type Decision = { readonly stop: StopReason } | { readonly delayMs: number };

/** One call under a retry policy: its attempts, its pauses, and why it ends. */
export class RetryRun<T> {
  readonly #settings: RetrySettings;
  readonly #emitters: RetryEmitters;
  readonly #context: CallContext;
  readonly #next: Next<T>;
  readonly #ambient: AmbientRetry | undefined;
  readonly #account: BudgetAccount | undefined;
  readonly #attempts: Attempt[] = [];
  #deadline: number | undefined;
  #backoff: Backoff | undefined;
  /** The attempt under way, or the last one made. */
  #attempt = 0;
  #uncounted = 0;
  #refreshed = false;
  #startedAt = 0;
  #attemptStartedAt = 0;
  #delayMs = 0;
  #pause: Pause | undefined;
  #value: T | undefined;
  #attempting = false;
  #over = false;

  constructor(settings: RetrySettings, emitters: RetryEmitters, context: CallContext, next: Next<T>) {
    this.#settings = settings;
    this.#emitters = emitters;
    this.#next = next;
    this.#ambient = ambientRetry();
    this.#account = (settings.budget ?? this.#ambient?.budget)?.open(context.call);
    this.#context = context;
  }

  /** Makes the call from its first attempt on. */
  start(): Promise<T> {
    this.#startedAt = this.#settings.clock.now();
    this.#setDeadline();
    return this.#watched(undefined);
  }

  /** Goes on with a call whose first attempt was made without a run and failed. */
  resume(error: unknown, startedAt: number): Promise<T> {
    this.#attempt = 1;
    this.#startedAt = startedAt;
    this.#attemptStartedAt = startedAt;
    return this.#watched({ error });
  }

  async #watched(failure: FailureReason | undefined): Promise<T> {
    const { abortable } = this.#context;
    if (!abortable) return this.#run(failure);
    const abandon = (reason: unknown) => {
      this.#abandon(reason);
    };
    this.#context.onAbort(abandon);
    try {
      return await this.#run(failure);
    } finally {
      this.#context.offAbort(abandon);
    }
  }

  async #run(first: FailureReason | undefined): Promise<T> {
    try {
      let failure = first ?? (await this.#makeAttempt());
      while (failure !== undefined) {
        const decided = this.#decide(failure);
        const decision = decided instanceof Promise ? await decided : decided;
        if ("stop" in decision) return this.#giveUp(failure, decision.stop);
        if (decision.delayMs > 0) await this.#wait(decision.delayMs);
        else if (this.#attempt % mostWithoutTurn === 0) await this.#wait(0);
        failure = await this.#makeAttempt();
      }
      return this.#value as T;
    } finally {
      this.#account?.close();
    }
  }

  /** Resolves to what went wrong, or to `undefined` once the value is in hand. */
  async #makeAttempt(): Promise<FailureReason | undefined> {
    if (this.#context.aborted) throw this.#abandoned();
    this.#attempt += 1;
    const { clock, retryResultIf } = this.#settings;
    const { attempt, success } = this.#emitters;
    if (attempt.active) attempt.emit({ attempt: this.#attempt, call: this.#context.call });
    this.#attemptStartedAt = clock.now();
    this.#attempting = true;
    let value: T;
    try {
      value = await this.#callNext();
    } catch (error) {
      this.#attempting = false;
      if (this.#over) this.#reportLate({ error });
      return { error };
    }
    this.#attempting = false;
    if (this.#over) {
      this.#reportLate({ value });
      throw this.#abandoned();
    }
    if (retryResultIf?.(value) === true) return { value };
    this.#value = value;
    this.#account?.succeed();
    if (success.active) success.emit({ duration: this.#sinceAttemptStarted() });
    return undefined;
  }

  #callNext(): PromiseLike<T> | T {
    const { attemptTimeout, nested, budget, name } = this.#settings;
    let context = this.#context.withAttempt(this.#attempt);
    if (this.#deadline !== undefined) context = context.withDeadline(this.#deadline);
    const call =
      attemptTimeout === undefined
        ? () => refused(this.#next(context))
        : () => attemptTimeout.executeWithin(context, this.#next);
    if (this.#attempt === 1 && this.#deadline === undefined && nested === "share") return call();
    return runWithAmbient(
      {
        policy: name,
        deadline: this.#deadline,
        budget: budget ?? this.#ambient?.budget,
        nested: this.#ambient?.nested === "single" ? "single" : nested,
      },
      call,
    );
  }

  #decide(reason: FailureReason): Decision | Promise<Decision> {
    const { classify, clock, uncounted } = this.#settings;
    const { call } = this.#context;
    const classification = "error" in reason ? classify(reason.error, call) : undefined;
    this.#record(classification);
    if (this.#over) return { stop: "aborted" };
    noticeNesting(this.#settings, this.#ambient, reason);
    const { failure } = this.#emitters;
    const stop = "error" in reason ? stopReasonOf(this.#settings, reason.error, classification!, call) : undefined;
    if (failure.active) failure.emit({ duration: this.#sinceAttemptStarted(), handled: stop === undefined, reason });
    if (classification?.retry === "after-refresh" && this.#mayRefresh()) return this.#refresh(reason, classification);
    if (stop !== undefined) return { stop };
    const counted =
      this.#uncounted >= mostUncounted || "value" in reason || uncounted?.(reason.error, classification!) !== true;
    if (!counted) this.#uncounted += 1;
    if (!this.#mayGoOn(counted)) return { stop: "attempts" };
    const throttling = classification?.retry === "throttling";
    if (counted && this.#account?.canPay(throttling) === false) return { stop: "budget" };
    const delayMs = this.#nextDelay(reason, classification, throttling);
    if (delayMs === undefined || !this.#fitsDeadline(clock.now() + delayMs)) return { stop: "deadline" };
    if (counted) this.#account?.pay(throttling);
    return this.#announce(reason, classification, delayMs);
  }

  #mayRefresh(): boolean {
    return this.#settings.refresh !== undefined && !this.#refreshed && this.#mayGoOn(true);
  }

  async #refresh(reason: FailureReason, classification: Classification): Promise<Decision> {
    this.#refreshed = true;
    await this.#settings.refresh?.((reason as { readonly error: unknown }).error, this.#context.call);
    return this.#announce(reason, classification, 0);
  }

  #mayGoOn(counted: boolean): boolean {
    if (!counted) return true;
    const limit = this.#ambient?.nested === "single" ? 1 : this.#settings.maxAttempts;
    return this.#attempt - this.#uncounted < limit;
  }

  #nextDelay(
    reason: FailureReason,
    classification: Classification | undefined,
    throttling: boolean,
  ): number | undefined {
    const { startBackoff, random } = this.#settings;
    this.#backoff ??= startBackoff();
    const step = { retry: this.#attempt, previousMs: this.#delayMs, throttling, reason, random };
    return pauseLength(this.#settings, this.#backoff(step), classification);
  }

  #announce(reason: FailureReason, classification: Classification | undefined, delayMs: number): Decision {
    this.#delayMs = delayMs;
    const { retry } = this.#emitters;
    if (retry.active) retry.emit({ attempt: this.#attempt, delayMs, reason, classification, call: this.#context.call });
    return { delayMs };
  }

  #wait(delayMs: number): Promise<void> {
    const { clock, unref } = this.#settings;
    this.#pause = new Pause(clock, delayMs, unref);
    return this.#pause.ended;
  }

  #setDeadline(): void {
    const { maxElapsedMs, deadline } = this.#settings;
    const soonest = Math.min(
      this.#context.deadline ?? Number.POSITIVE_INFINITY,
      this.#ambient?.deadline ?? Number.POSITIVE_INFINITY,
      deadline?.() ?? Number.POSITIVE_INFINITY,
      maxElapsedMs === undefined ? Number.POSITIVE_INFINITY : this.#startedAt + maxElapsedMs,
    );
    this.#deadline = Number.isFinite(soonest) ? soonest : undefined;
  }

  #fitsDeadline(startsAt: number): boolean {
    return this.#deadline === undefined || startsAt + this.#settings.attemptNeedsMs < this.#deadline;
  }

  #giveUp(reason: FailureReason, stopReason: StopReason): T {
    this.#close(reason, stopReason);
    if ("error" in reason) throw reason.error;
    return reason.value as T;
  }

  /** The caller gave up: the promise it holds has been rejected, whatever the attempt does from here on. */
  #abandon(reason: unknown): void {
    if (this.#attempting) this.#record(undefined);
    this.#pause?.end();
    this.#close({ error: reason }, "aborted");
  }

  #abandoned(): unknown {
    const { reason } = this.#context;
    this.#close({ error: reason }, "aborted");
    return reason;
  }

  #close(reason: FailureReason, stopReason: StopReason): void {
    if (this.#over) return;
    this.#over = true;
    const elapsedMs = Math.max(0, this.#settings.clock.now() - this.#startedAt);
    if ("error" in reason) attachLedger(reason.error, { attempts: this.#attempts, stopReason, elapsedMs });
    const { giveUp } = this.#emitters;
    if (!giveUp.active) return;
    giveUp.emit({ attempts: this.#attempt, stopReason, elapsedMs, reason, call: this.#context.call });
  }

  #record(classification: Classification | undefined): void {
    if (this.#over) return;
    recordAttempt(this.#attempts, {
      number: this.#attempt,
      startedAt: this.#attemptStartedAt,
      durationMs: this.#sinceAttemptStarted(),
      delayMs: this.#delayMs,
      code: classification?.code,
      requestId: classification?.requestId,
    });
  }

  #reportLate(outcome: FailureReason): void {
    const { lateResult } = this.#emitters;
    if (lateResult.active) lateResult.emit({ attempt: this.#attempt, outcome, call: this.#context.call });
  }

  #sinceAttemptStarted(): number {
    return Math.max(0, this.#settings.clock.now() - this.#attemptStartedAt);
  }
}

function refused<T>(result: PromiseLike<T> | T): PromiseLike<T> | T {
  return result instanceof Promise ? result : refuseIterator(result as T);
}
