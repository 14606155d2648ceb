import { type Classification, type Classify, classify } from "@holdfast/errors";
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
import { assertBudget } from "./assert-budget.ts";
import type { Backoff } from "./backoff.ts";
import { backoffStarter } from "./backoff-source.ts";
import { exponential } from "./exponential.ts";
import { givenOptions } from "./given-options.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { RetryEmitters } from "./retry-events.ts";
import type { RetryOptions } from "./retry-options.ts";

/** The options of a retry policy, checked and defaulted, and its events. */
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
  readonly emitters: RetryEmitters;
  /** Whether a call that succeeds at once asks nothing of the policy. */
  readonly plain: boolean;
}

/** Every option, with its default. */
const defaults = () => ({
  name: "retry",
  maxAttempts: 3,
  backoff: undefined,
  maxElapsedMs: undefined,
  deadline: undefined,
  attemptNeedsMs: 0,
  retryAfter: "obey" as const,
  maxRetryAfterMs: 300_000,
  budget: undefined,
  classify,
  retryIf: undefined,
  retryResultIf: undefined,
  idempotent: true,
  uncounted: undefined,
  refresh: undefined,
  whenCircuitOpen: "stop" as const,
  nested: "share" as const,
  unref: false,
  onRetry: undefined,
  onGiveUp: undefined,
  clock: systemClock,
  random: Math.random,
  logger: console,
});

/** @throws OptionError naming the first option that is out of range. */
export function retrySettings(options: RetryOptions, emitters: RetryEmitters): RetrySettings {
  const known = defaults();
  assertKnownOptions("retry()", options, known);
  const settings = { ...known, ...givenOptions(options) };
  check(settings);
  prepareAmbient();
  const { backoff, deadline, idempotent, maxElapsedMs, budget, retryResultIf, nested } = settings;
  return {
    ...settings,
    emitters,
    startBackoff: backoffStarter(backoff ?? exponential()),
    deadline: typeof deadline === "number" ? () => deadline : deadline,
    idempotent: typeof idempotent === "function" ? idempotent : () => idempotent,
    plain: (maxElapsedMs ?? deadline ?? budget ?? retryResultIf) === undefined && nested === "share",
  };
}

function check({ maxAttempts, maxElapsedMs, deadline, budget, ...settings }: RetryOptions): void {
  if (maxAttempts !== Infinity) assertInteger("maxAttempts", maxAttempts, { min: 1 });
  if (maxElapsedMs !== undefined) assertNumber("maxElapsedMs", maxElapsedMs, { min: 0 });
  if (deadline !== undefined && typeof deadline !== "function") assertNumber("deadline", deadline);
  assertDelayMs("attemptNeedsMs", settings.attemptNeedsMs);
  assertDelayMs("maxRetryAfterMs", settings.maxRetryAfterMs);
  assertOneOf("retryAfter", settings.retryAfter, ["obey", "clamp", "ignore"]);
  assertOneOf("whenCircuitOpen", settings.whenCircuitOpen, ["stop", "wait"]);
  assertOneOf("nested", settings.nested, ["share", "single"]);
  for (const option of functions) if (settings[option] !== undefined) assertFunction(option, settings[option]);
  if (typeof settings.idempotent !== "boolean") assertFunction("idempotent", settings.idempotent);
  assertBudget(budget);
}

const functions = [
  "classify",
  "retryIf",
  "retryResultIf",
  "uncounted",
  "refresh",
  "onRetry",
  "onGiveUp",
  "random",
] as const;
