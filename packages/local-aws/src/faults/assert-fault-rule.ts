import { assertKnownOptions, type KnownOptions } from "../known-options.ts";
import { assertNumber, OptionError } from "../option-error.ts";
import type { FaultEffect, FaultKind, FaultRule, FaultScope } from "./fault-rule.ts";

type OptionsOf<Kind extends FaultKind> = Exclude<keyof Extract<FaultEffect, { fault: Kind }>, "fault">;

const scopeOptions: KnownOptions<keyof FaultScope | "fault"> = {
  fault: true,
  service: true,
  operation: true,
  account: true,
  region: true,
  attempt: true,
  when: true,
  probability: true,
  skip: true,
  times: true,
  startsInMs: true,
  lastsMs: true,
};

/** The options of each kind alone. */
const optionsByKind: { readonly [Kind in FaultKind]: KnownOptions<OptionsOf<Kind>> } = {
  throttle: { retryAfterMs: true, code: true },
  "rate-limit": { perSecond: true, burst: true, per: true, cost: true, retryAfterMs: true },
  error: { status: true, code: true, message: true, headers: true },
  latency: { latencyMs: true },
  hang: { afterEffect: true },
  reset: {},
  "lost-response": {},
  "error-after-effect": { status: true },
  denied: { message: true },
  "expired-credentials": {},
  "clock-skew": { skewMs: true },
  outage: { mode: true },
  html: { status: true },
  "empty-body": { status: true },
  "truncated-body": {},
};

/** Throws `OptionError` when a rule could not do what it says. */
export function assertFaultRule(rule: FaultRule): void {
  if (typeof rule !== "object" || rule === null) throw new OptionError("faults", "fault rules", rule);
  if (!Object.hasOwn(optionsByKind, rule.fault)) {
    throw new OptionError("fault", `one of ${Object.keys(optionsByKind).join(", ")}`, rule.fault);
  }
  const article = /^[aeiou]/.test(rule.fault) ? "an" : "a";
  assertKnownOptions(`${article} ${rule.fault} rule`, rule, { ...scopeOptions, ...optionsByKind[rule.fault] });
  const { probability, skip, times, startsInMs, lastsMs } = rule;
  if (probability !== undefined) assertNumber("probability", probability, { min: 0, max: 1 });
  if (skip !== undefined) assertNumber("skip", skip, { min: 0 });
  if (times !== undefined) assertNumber("times", times, { min: 0 });
  if (startsInMs !== undefined) assertNumber("startsInMs", startsInMs, { min: 0 });
  if (lastsMs !== undefined) assertNumber("lastsMs", lastsMs, { min: 0 });
  if (rule.fault === "rate-limit") {
    assertNumber("perSecond", rule.perSecond, { min: 0 });
    if (rule.burst !== undefined) assertNumber("burst", rule.burst, { min: 0 });
  }
  if (rule.fault === "latency" && typeof rule.latencyMs !== "function") {
    assertNumber("latencyMs", rule.latencyMs, { min: 0 });
  }
  if (rule.fault === "clock-skew") assertNumber("skewMs", rule.skewMs);
  if ("status" in rule && rule.status !== undefined) assertNumber("status", rule.status, { min: 400, max: 599 });
}
