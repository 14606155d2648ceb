import type { Event } from "@holdfast/errors/policy";
import { aws2026 } from "./aws-2026.ts";
import type { RetryDecision } from "./retry-decision.ts";
import { type AttemptEvent, type GiveUpEvent, RetryEmitters, type RetryEvent } from "./retry-events.ts";
import type { RetryOptions } from "./retry-options.ts";
import { RetryProgress } from "./retry-progress.ts";
import { type RetrySettings, retrySettings } from "./retry-settings.ts";

/** What the SDK tells of a failure. */
export interface SdkErrorInfo {
  readonly error?: unknown;
}

/** What the SDK passes from attempt to attempt; made by {@link SdkRetryStrategy.acquireInitialRetryToken}. */
export interface SdkRetryToken {
  getRetryCount(): number;
  /** How long the SDK waits before the attempt this token is for, in milliseconds. */
  getRetryDelay(): number;
}

/**
 * A retry strategy for `new AnyClient({ retryStrategy: sdkRetryStrategy(options) })`: decides, pauses and counts as
 * `retry(options)` would, within the SDK's own loop. Without options it is `aws2026`.
 *
 * The SDK's loop sets its limits: it tells a strategy neither the operation nor the caller's signal, resolves
 * credentials before it (so an expired token is not renewed: `refresh` is not called), waits the pauses itself (an
 * abort settles at once, but its timer runs on), and never repeats a streaming body. `policyPlugin` of
 * `@holdfast/client-factory` has none of these limits but the last. Time-outs and result filters need it too.
 *
 * One strategy may serve many clients, which then share its budget.
 *
 * @throws OptionError if an option is out of range.
 */
export function sdkRetryStrategy(options: RetryOptions = aws2026()): SdkRetryStrategy {
  return new SdkRetryStrategy(options);
}

/** What `sdkRetryStrategy()` returns: the SDK's `RetryStrategyV2`, structurally. */
export class SdkRetryStrategy {
  readonly kind = "retry";
  readonly name: string;
  readonly #settings: RetrySettings;
  readonly onAttempt: Event<AttemptEvent>;
  readonly onRetry: Event<RetryEvent>;
  readonly onGiveUp: Event<GiveUpEvent>;
  readonly #maxAttempts: number;

  constructor(options: RetryOptions) {
    const emitters = new RetryEmitters();
    this.#settings = retrySettings({ ...options, name: options.name ?? "sdk-retry" }, emitters);
    this.name = this.#settings.name;
    this.#maxAttempts = this.#settings.maxAttempts;
    this.onAttempt = emitters.attempt.event;
    this.onRetry = emitters.retry.event;
    this.onGiveUp = emitters.giveUp.event;
    if (options.onRetry !== undefined) this.onRetry(options.onRetry);
    if (options.onGiveUp !== undefined) this.onGiveUp(options.onGiveUp);
  }

  /** Calls made in all, the first included. */
  async maxAttempts(): Promise<number> {
    return this.#maxAttempts;
  }

  /** Begins a call. The SDK marks long polls in the scope. */
  async acquireInitialRetryToken(scope = ""): Promise<SdkRetryToken> {
    const { clock } = this.#settings;
    const now = clock.now();
    const progress = new RetryProgress(this.#settings, now, { call: undefined, deadline: undefined });
    const { tooLate } = progress;
    if (tooLate !== undefined) {
      progress.giveUp({ error: tooLate }, "deadline");
      throw tooLate;
    }
    progress.begin(now);
    return new CallToken(progress, 0, scope.includes(":longpoll"));
  }

  /** Resolves to the token of the next attempt, or rejects: the SDK then fails the call with its own last error. */
  async refreshRetryTokenForRetry(token: SdkRetryToken, { error }: SdkErrorInfo): Promise<SdkRetryToken> {
    const { progress, isLongPoll } = token as CallToken;
    const { clock } = this.#settings;
    const decision = progress.fail({ error });
    if (decision.next === "retry") {
      if (progress.attempt === 1) forgotten?.register(progress, progress.account);
      progress.begin(clock.now() + decision.delayMs);
      return new CallToken(progress, decision.delayMs, isLongPoll);
    }
    const stopReason = decision.next === "stop" ? decision.stopReason : "not-retryable";
    progress.giveUp({ error }, stopReason);
    progress.close();
    if (isLongPoll) await this.#pauseLongPoll(decision);
    throw new Error(`No further attempt: ${stopReason}`); // the SDK looks at no more than that it is thrown
  }

  recordSuccess(token: SdkRetryToken): void {
    const { progress } = token as CallToken;
    progress.succeed();
    progress.close();
  }

  // A consumer polls again as soon as it hears, so a refusal without a pause would be a hot loop.
  async #pauseLongPoll(decision: RetryDecision): Promise<void> {
    const { clock } = this.#settings;
    if (decision.next !== "stop" || decision.refusedDelayMs === undefined) return;
    const delayMs = decision.refusedDelayMs();
    await new Promise<void>((resolve) => {
      clock.setTimeout(resolve, delayMs);
    });
  }
}

/** Gives back the place in a budget that a call leaves behind when it is aborted in a pause: the SDK says nothing of it. */
const forgotten =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<RetryProgress["account"]>((account) => {
        account?.close();
      });

class CallToken implements SdkRetryToken {
  readonly progress: RetryProgress;
  readonly isLongPoll: boolean;
  readonly #delayMs: number;

  constructor(progress: RetryProgress, delayMs: number, isLongPoll: boolean) {
    this.progress = progress;
    this.#delayMs = delayMs;
    this.isLongPoll = isLongPoll;
  }

  getRetryCount(): number {
    return this.progress.attempt - 1;
  }

  getRetryDelay(): number {
    return this.#delayMs;
  }
}
