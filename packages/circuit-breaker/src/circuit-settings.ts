import { type Classify, classify as classifyError, OptionError } from "@holdfast/errors";
import {
  assertDelayMs,
  assertFunction,
  assertInteger,
  assertKnownOptions,
  assertNumber,
  assertOneOf,
  type Clock,
  systemClock,
} from "@holdfast/errors/policy";
import type { IBreaker } from "cockatiel";
import type {
  CircuitBreakerOptions,
  FailureFilter,
  HalfOpenOptions,
  WindowOptions,
} from "./circuit-breaker-options.ts";
import { CountWindow } from "./count-window.ts";
import { type OpenTimeOf, openTimeFrom } from "./open-time.ts";
import type { OutcomeWindow } from "./outcome-window.ts";
import type { RampUpOptions } from "./ramp-up.ts";
import { Tally, type TripThresholds } from "./tally.ts";
import { TimeWindow } from "./time-window.ts";

/** The options of a circuit, checked and completed; one for all the circuits of a registry. */
export interface CircuitSettings {
  readonly newTally: () => Tally;
  readonly slowCallMs: number | undefined;
  /** Whether the time at which a call ends decides anything. */
  readonly countsByTime: boolean;
  readonly openMsOf: OpenTimeOf;
  readonly maxServerHintMs: number;
  readonly halfOpen: Required<{ readonly [Name in keyof HalfOpenOptions]: NonNullable<HalfOpenOptions[Name]> }>;
  readonly rampUp: RampUpOptions | undefined;
  readonly mode: "enforce" | "observe" | "disabled";
  readonly classify: Classify;
  readonly judge: CircuitBreakerOptions["judge"];
  readonly isFailure: CircuitBreakerOptions["isFailure"];
  readonly filter: FailureFilter["options"] | undefined;
  /** Whether a returned value may count as a failure. */
  readonly judgesResults: boolean;
  readonly stack: boolean;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Checks and completes the options. @throws OptionError naming the first that is wrong. */
export function settingsFrom(options: CircuitBreakerOptions): CircuitSettings {
  assertOptions(options);
  const { clock = systemClock, random = Math.random, mode = "enforce", stack = false } = options;
  const { classify = classifyError, judge, isFailure, filter, breaker } = options;
  const { openMs = {}, maxServerHintMs = 60_000, slowCallMs, rampUp } = options;
  const openMsOf = openTimeFrom(openMs, maxServerHintMs, random);
  const thresholds = thresholdsFrom(options);
  const newWindow = windowFrom(options, thresholds);
  return {
    newTally: () => new Tally(thresholds, newWindow?.(), breaker?.()),
    slowCallMs,
    countsByTime: newWindow !== undefined && !("calls" in (options.window ?? {})),
    openMsOf,
    maxServerHintMs,
    halfOpen: halfOpenFrom(options.halfOpen),
    rampUp,
    mode,
    classify,
    judge,
    isFailure,
    filter: filter?.options,
    judgesResults: isFailure !== undefined || filter !== undefined,
    stack,
    clock,
    random,
  };
}

function assertOptions(options: CircuitBreakerOptions): void {
  const { name, mode, maxServerHintMs, slowCallMs, rampUp, window } = options;
  if (name !== undefined && typeof name !== "string") throw new OptionError("name", "a text", name);
  if (mode !== undefined) assertOneOf("mode", mode, ["enforce", "observe", "disabled"]);
  for (const hook of ["classify", "judge", "isFailure", "onStateChange", "onReject"] as const) {
    if (options[hook] !== undefined) assertFunction(hook, options[hook]);
  }
  assertFilter(options);
  assertBreaker(options);
  if (maxServerHintMs !== undefined) assertDelayMs("maxServerHintMs", maxServerHintMs);
  if (slowCallMs !== undefined) assertNumber("slowCallMs", slowCallMs, { min: 0 });
  assertRampUp(rampUp);
  assertWindow(window);
}

const defaultConsecutiveFailures = 5;
const defaultMinimumCalls = 10;
const defaultWindow: WindowOptions = { ms: 10_000 };

function thresholdsFrom(options: CircuitBreakerOptions): TripThresholds {
  const { failureRatio, slowCallMs, breaker, window = defaultWindow } = options;
  if (slowCallMs === undefined && options.slowCallRatio !== undefined) {
    throw new OptionError("slowCallMs", "given where `slowCallRatio` is", undefined);
  }
  const slowCallRatio = slowCallMs === undefined ? undefined : (options.slowCallRatio ?? 0.5);
  const anotherRule = failureRatio !== undefined || slowCallRatio !== undefined || breaker !== undefined;
  const consecutiveFailures = options.consecutiveFailures ?? (anotherRule ? undefined : defaultConsecutiveFailures);
  const fits = "calls" in window ? Math.min(defaultMinimumCalls, window.calls) : defaultMinimumCalls;
  const minimumCalls = options.minimumCalls ?? fits;
  if (consecutiveFailures !== undefined) assertInteger("consecutiveFailures", consecutiveFailures, { min: 1 });
  if (failureRatio !== undefined) assertShare("failureRatio", failureRatio);
  if (slowCallRatio !== undefined) assertShare("slowCallRatio", slowCallRatio);
  assertInteger("minimumCalls", minimumCalls, { min: 1, ...("calls" in window && { max: window.calls }) });
  return { consecutiveFailures, failureRatio, slowCallRatio, minimumCalls };
}

function windowFrom(
  { window = defaultWindow }: CircuitBreakerOptions,
  { failureRatio, slowCallRatio }: TripThresholds,
): (() => OutcomeWindow) | undefined {
  if (failureRatio === undefined && slowCallRatio === undefined) return undefined;
  if ("calls" in window) return () => new CountWindow(window.calls);
  return () => new TimeWindow(window.ms, window.buckets ?? 10, slowCallRatio !== undefined);
}

function assertWindow(window: WindowOptions | undefined): void {
  if (window === undefined) return;
  assertKnownOptions<object>("window", window, "calls" in Object(window) ? { calls: 0 } : { ms: 0, buckets: 0 });
  if ("calls" in window) {
    assertInteger("window.calls", window.calls, { min: 1, max: 1_000_000 });
    return;
  }
  assertNumber("window.ms", window.ms, { min: 1 });
  if (window.buckets !== undefined) assertInteger("window.buckets", window.buckets, { min: 1, max: 1_000 });
}

const halfOpenNames: Readonly<Record<keyof HalfOpenOptions, 0>> = {
  probes: 0,
  successes: 0,
  probeTimeoutMs: 0,
  others: 0,
  maxQueued: 0,
};

function halfOpenFrom(options: HalfOpenOptions = {}): CircuitSettings["halfOpen"] {
  assertKnownOptions("halfOpen", options, halfOpenNames);
  const { probes = 1, successes = probes, probeTimeoutMs = 30_000, others = "reject", maxQueued = 100 } = options;
  assertInteger("halfOpen.probes", probes, { min: 1, max: 10_000 });
  assertInteger("halfOpen.successes", successes, { min: 1, max: probes });
  assertDelayMs("halfOpen.probeTimeoutMs", probeTimeoutMs, { min: 1 });
  assertOneOf("halfOpen.others", others, ["reject", "queue"]);
  assertInteger("halfOpen.maxQueued", maxQueued, { min: 1 });
  return { probes, successes, probeTimeoutMs, others, maxQueued };
}

function assertRampUp(rampUp: RampUpOptions | undefined): void {
  if (rampUp === undefined) return;
  assertKnownOptions("rampUp", rampUp, { durationMs: 0, initialShare: 0 });
  assertDelayMs("rampUp.durationMs", rampUp.durationMs, { min: 1 });
  if (rampUp.initialShare !== undefined) assertShare("rampUp.initialShare", rampUp.initialShare);
}

function assertBreaker({ breaker }: CircuitBreakerOptions): void {
  if (breaker === undefined) return;
  assertFunction("breaker", breaker);
  const made: Partial<IBreaker> | undefined = breaker();
  if (typeof made?.success !== "function" || typeof made.failure !== "function") {
    throw new OptionError("breaker", "a function that makes one of cockatiel's breakers", made);
  }
}

function assertFilter({ filter, judge, isFailure }: CircuitBreakerOptions): void {
  if (filter === undefined) return;
  const { errorFilter, resultFilter } = filter.options ?? {};
  if (typeof errorFilter !== "function" || typeof resultFilter !== "function") {
    throw new OptionError("filter", "a filter of cockatiel's, such as handleAll", filter);
  }
  if (judge !== undefined || isFailure !== undefined) {
    throw new OptionError("filter", "given without `judge` and `isFailure`", filter);
  }
}

function assertShare(option: string, value: unknown): void {
  if (typeof value !== "number" || !(value > 0 && value <= 1)) {
    throw new OptionError(option, "a number above 0 and at most 1", value);
  }
}
