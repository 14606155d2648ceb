import { type Classification, type Classify, classify, OptionError } from "@holdfast/errors";
import {
  assertDelayMs,
  assertFunction,
  assertInteger,
  assertKnownOptions,
  assertNumber,
  assertOneOf,
  type CallDetails,
  type Clock,
  type Logger,
  systemClock,
} from "@holdfast/errors/policy";
import { prepareAmbient } from "./ambient-retry.ts";
import type { Backoff } from "./backoff.ts";
import { backoffStarter } from "./backoff-source.ts";
import { exponential } from "./exponential.ts";
import type { RetryBudget } from "./retry-budget.ts";
import { retryOptionNames } from "./retry-option-names.ts";
import type { RetryOptions } from "./retry-options.ts";

/** The options of a retry policy, checked and defaulted. */
export interface RetrySettings {
  readonly name: string;
  readonly maxAttempts: number;
  readonly startBackoff: () => Backoff;
  readonly maxElapsedMs: number | undefined;
  readonly deadline: (() => number | undefined) | undefined;
  readonly attemptNeedsMs: number;
  readonly retryAfter: "obey" | "clamp" | "ignore";
  readonly maxRetryAfterMs: number;
  readonly budget: RetryBudget | undefined;
  readonly classify: Classify;
  readonly retryIf: ((error: unknown, classification: Classification) => boolean) | undefined;
  readonly retryResultIf: ((value: unknown) => boolean) | undefined;
  readonly idempotent: (call: CallDetails | undefined) => boolean;
  readonly uncounted: ((error: unknown, classification: Classification) => boolean) | undefined;
  readonly refresh: RetryOptions["refresh"];
  readonly whenCircuitOpen: "stop" | "wait";
  readonly nested: "share" | "single";
  readonly unref: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Whether a call that succeeds at once asks nothing of the policy. */
  readonly plain: boolean;
}

/** @throws OptionError naming the first option that is out of range. */
export function retrySettings(options: RetryOptions): RetrySettings {
  assertKnownOptions("retry()", options, retryOptionNames);
  const { clock = systemClock, idempotent = true, deadline } = options;
  const settings = {
    name: options.name ?? "retry",
    maxAttempts: options.maxAttempts ?? 3,
    startBackoff: backoffStarter(options.backoff ?? exponential()),
    maxElapsedMs: options.maxElapsedMs,
    deadline: typeof deadline === "number" ? () => deadline : deadline,
    attemptNeedsMs: options.attemptNeedsMs ?? 0,
    retryAfter: options.retryAfter ?? "obey",
    maxRetryAfterMs: options.maxRetryAfterMs ?? 300_000,
    budget: options.budget,
    classify: options.classify ?? classify,
    retryIf: options.retryIf,
    retryResultIf: options.retryResultIf,
    idempotent: typeof idempotent === "function" ? idempotent : () => idempotent,
    uncounted: options.uncounted,
    refresh: options.refresh,
    whenCircuitOpen: options.whenCircuitOpen ?? "stop",
    nested: options.nested ?? "share",
    unref: options.unref ?? false,
    clock,
    random: options.random ?? Math.random,
    logger: options.logger ?? console,
  };
  check(settings, options);
  prepareAmbient();
  const { maxElapsedMs, budget, retryResultIf, nested } = settings;
  const asks = [maxElapsedMs, settings.deadline, budget, retryResultIf].some((set) => set !== undefined);
  return { ...settings, plain: !asks && nested === "share" };
}

function check(settings: Omit<RetrySettings, "plain">, { deadline, onRetry, onGiveUp }: RetryOptions): void {
  const { maxAttempts, maxElapsedMs } = settings;
  if (maxAttempts !== Number.POSITIVE_INFINITY) assertInteger("maxAttempts", maxAttempts, { min: 1 });
  if (maxElapsedMs !== undefined) assertNumber("maxElapsedMs", maxElapsedMs, { min: 0 });
  if (typeof deadline === "number") assertNumber("deadline", deadline);
  else if (deadline !== undefined) assertFunction("deadline", deadline);
  assertDelayMs("attemptNeedsMs", settings.attemptNeedsMs);
  assertDelayMs("maxRetryAfterMs", settings.maxRetryAfterMs);
  assertOneOf("retryAfter", settings.retryAfter, ["obey", "clamp", "ignore"]);
  assertOneOf("whenCircuitOpen", settings.whenCircuitOpen, ["stop", "wait"]);
  assertOneOf("nested", settings.nested, ["share", "single"]);
  for (const option of ["classify", "retryIf", "retryResultIf", "uncounted", "refresh", "random"] as const) {
    if (settings[option] !== undefined) assertFunction(option, settings[option]);
  }
  if (onRetry !== undefined) assertFunction("onRetry", onRetry);
  if (onGiveUp !== undefined) assertFunction("onGiveUp", onGiveUp);
  if (settings.budget !== undefined && settings.budget.kind !== "retry-budget") {
    throw new OptionError("budget", "a budget made by retryBudget()", settings.budget);
  }
}
