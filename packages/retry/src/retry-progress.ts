import {
  type Attempt,
  type AttemptLedger,
  attemptLedgerKey,
  type Classification,
  type StopReason,
  TimeoutError,
} from "@holdfast/errors";
import type { CallDetails } from "@holdfast/errors/policy";
import { type AmbientRetry, ambientRetry } from "./ambient-retry.ts";
import { attach } from "./attach.ts";
import type { Backoff } from "./backoff.ts";
import { noticeNesting } from "./nesting-notice.ts";
import { pauseLength } from "./pause-length.ts";
import type { BudgetAccount } from "./retry-budget.ts";
import type { RetryDecision } from "./retry-decision.ts";
import type { FailureReason } from "./retry-events.ts";
import type { RetrySettings } from "./retry-settings.ts";
import { stopReasonOf } from "./stop-reason.ts";
import { warnOfThrow } from "./warn.ts";

/** The most attempts a ledger lists: the last ones. Their numbers tell how many went before. */
const longestLedger = 100;

/** The most failures of one call that use up no attempt. */
const mostUncounted = 1_000;

/** How far one call has come: its attempts so far, and what each failure means for it. Makes no call and waits for nothing. */
export class RetryProgress {
  readonly settings: RetrySettings;
  readonly call: CallDetails | undefined;
  /** What the call may take from its budget. */
  readonly account: BudgetAccount | undefined;
  /** The retry policy around this one. */
  readonly around: AmbientRetry | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline: number | undefined;
  /** What the call rejects with where its deadline leaves no time even for a first attempt. */
  readonly tooLate: TimeoutError | undefined;
  /** The attempt under way, or the last one made. */
  attempt = 0;
  /** Whether the call has ended, though an abandoned attempt may still be under way. */
  over = false;
  // Not #private, as in `RetryRun`: made by each call that fails, and those take twice the time to make.
  private readonly startedAt: number;
  /** When `maxElapsedMs` is over, by the monotonic clock: the other may be set back meanwhile. */
  private readonly elapsedAtMs: number;
  private readonly attempts: Attempt[] = [];
  private attemptStartedAt: number;
  private errorBefore: unknown;
  private delayMs = 0;
  private backoff: Backoff | undefined;
  private uncounted = 0;
  private refreshed = false;

  constructor(
    settings: RetrySettings,
    startedAt: number,
    { call, deadline }: { readonly call: CallDetails | undefined; readonly deadline: number | undefined },
  ) {
    this.settings = settings;
    this.call = call;
    this.around = ambientRetry();
    this.startedAt = startedAt;
    this.attemptStartedAt = startedAt;
    this.account = (settings.budget ?? this.around?.budget)?.open(call);
    const { maxElapsedMs } = settings;
    this.elapsedAtMs = maxElapsedMs === undefined ? Infinity : settings.clock.monotonic() + maxElapsedMs;
    const latest = sooner(sooner(sooner(undefined, deadline), this.around?.deadline), settings.deadline?.());
    const isTooLate = latest !== undefined && startedAt + settings.attemptNeedsMs >= latest;
    this.tooLate = isTooLate ? new TimeoutError(0, { began: false }) : undefined;
    this.deadline = maxElapsedMs === undefined ? latest : sooner(latest, startedAt + maxElapsedMs);
  }

  /** An attempt begins at `startsAt`, in milliseconds since the epoch. */
  begin(startsAt: number): void {
    this.attempt += 1;
    this.attemptStartedAt = startsAt;
    this.settings.emitters.attempt.emit({ attempt: this.attempt, call: this.call });
  }

  succeed(): void {
    this.account?.succeed();
    const { success } = this.settings.emitters;
    if (success.active) success.emit({ duration: this.#since(this.startedAt) });
  }

  /** Whether the result filter refuses the value. If it throws, it does not. */
  refuses(value: unknown): boolean {
    try {
      return this.settings.retryResultIf?.(value) === true;
    } catch (error) {
      warnOfThrow(this.settings, error);
      return false;
    }
  }

  /** The attempt failed. If an option throws, asked what that means, it means the end, and the failure stays what it is. */
  fail(reason: FailureReason): RetryDecision {
    try {
      return this.#decide(reason);
    } catch (error) {
      warnOfThrow(this.settings, error);
      return { next: "stop", stopReason: "not-retryable" };
    }
  }

  /** The call ends with `reason`: leaves the ledger on it and tells who listens. */
  giveUp(reason: FailureReason, stopReason: StopReason): void {
    if (this.over) return;
    this.over = true;
    this.close(); // now: an abandoned attempt may hang for ever
    const elapsedMs = this.#since(this.startedAt);
    if ("error" in reason) {
      if (stopReason === "circuit-open") this.#attachCause(reason.error);
      const ledger: AttemptLedger = { attempts: this.attempts, stopReason, elapsedMs };
      attach(reason.error, attemptLedgerKey, ledger);
    }
    this.settings.emitters.giveUp.emit({ attempts: this.attempt, stopReason, elapsedMs, reason, call: this.call });
  }

  /** An abandoned attempt came to something after all. */
  reportLate(outcome: FailureReason): void {
    this.settings.emitters.lateResult.emit({ attempt: this.attempt, outcome, call: this.call });
  }

  /** Puts the attempt into the ledger. */
  record(classification: Classification | undefined): void {
    if (this.attempts.length === longestLedger) this.attempts.shift();
    this.attempts.push({
      number: this.attempt,
      startedAt: this.attemptStartedAt,
      durationMs: this.#since(this.attemptStartedAt),
      delayMs: this.delayMs,
      code: classification?.code,
      requestId: classification?.requestId,
    });
  }

  /** The call is over: its budget hears of it. */
  close(): void {
    this.account?.close();
  }

  #decide(reason: FailureReason): RetryDecision {
    let classification: Classification | undefined;
    try {
      if ("error" in reason) classification = this.settings.classify(reason.error, this.call);
    } finally {
      this.record(classification);
    }
    noticeNesting(this.settings, this.around, reason, this.call);
    const stopReason =
      "error" in reason ? stopReasonOf(this.settings, reason.error, classification!, this.call) : undefined;
    const { failure } = this.settings.emitters;
    if (failure.active) {
      failure.emit({ duration: this.#since(this.attemptStartedAt), handled: stopReason === undefined, reason });
    }
    if (this.over) return { next: "stop", stopReason: "aborted" };
    if (classification?.retry === "after-refresh" && this.#mayRefresh()) {
      this.refreshed = true;
      this.#announce(reason, classification, 0);
      return { next: "refresh" };
    }
    return stopReason === undefined ? this.#repeat(reason, classification) : { next: "stop", stopReason };
  }

  #repeat(reason: FailureReason, classification: Classification | undefined): RetryDecision {
    const counted = this.#counts(reason, classification);
    if (!counted) this.uncounted += 1;
    else if (!this.#hasAttemptsLeft()) return { next: "stop", stopReason: "attempts" };
    const throttling = classification?.retry === "throttling";
    if (counted && this.account?.canPay(throttling) === false) {
      const refusedDelayMs = () => this.#nextDelay(reason, classification, throttling) ?? 0;
      return { next: "stop", stopReason: "budget", refusedDelayMs };
    }
    const delayMs = this.#nextDelay(reason, classification, throttling);
    if (delayMs === undefined || !this.#fitsDeadline(delayMs)) return { next: "stop", stopReason: "deadline" };
    if (counted) this.account?.pay(throttling);
    this.#announce(reason, classification, delayMs);
    return { next: "retry", delayMs };
  }

  #counts(reason: FailureReason, classification: Classification | undefined): boolean {
    const { uncounted } = this.settings;
    if (uncounted === undefined || "value" in reason || this.uncounted >= mostUncounted) return true;
    return !uncounted(reason.error, classification!);
  }

  #hasAttemptsLeft(): boolean {
    const limit = this.around?.nested === "single" ? 1 : this.settings.maxAttempts;
    return this.attempt - this.uncounted < limit;
  }

  #mayRefresh(): boolean {
    return this.settings.refresh !== undefined && !this.refreshed && this.#hasAttemptsLeft();
  }

  #nextDelay(
    reason: FailureReason,
    classification: Classification | undefined,
    throttling: boolean,
  ): number | undefined {
    const { startBackoff, random } = this.settings;
    this.backoff ??= startBackoff();
    const step = { retry: this.attempt, previousMs: this.delayMs, throttling, reason, random };
    return pauseLength(this.settings, this.backoff(step), classification);
  }

  #fitsDeadline(delayMs: number): boolean {
    if (this.deadline === undefined) return true;
    const { clock, attemptNeedsMs } = this.settings;
    const neededMs = delayMs + attemptNeedsMs;
    return clock.now() + neededMs < this.deadline && clock.monotonic() + neededMs < this.elapsedAtMs;
  }

  /** Leaves the error before it on a circuit's refusal that names no cause: the refusal alone does not say what is wrong. */
  #attachCause(refusal: unknown): void {
    const { errorBefore } = this;
    if (errorBefore === undefined || errorBefore === refusal) return;
    if ((refusal as Partial<Error>).cause === undefined) attach(refusal, "cause", errorBefore);
  }

  #announce(reason: FailureReason, classification: Classification | undefined, delayMs: number): void {
    this.delayMs = delayMs;
    if ("error" in reason) this.errorBefore = reason.error;
    this.settings.emitters.retry.emit({ attempt: this.attempt, delayMs, reason, classification, call: this.call });
  }

  #since(moment: number): number {
    return Math.max(0, this.settings.clock.now() - moment);
  }
}

/** The nearer of two moments. What is no number is no moment. */
function sooner(one: number | undefined, other: number | undefined): number | undefined {
  return (other ?? Infinity) < (one ?? Infinity) ? other : one;
}
