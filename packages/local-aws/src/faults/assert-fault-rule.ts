import { assertNumber, OptionError } from "../option-error.ts";
import type { FaultKind, FaultRule } from "./fault-rule.ts";

const kinds: Readonly<Record<FaultKind, true>> = {
  throttle: true,
  "rate-limit": true,
  error: true,
  latency: true,
  hang: true,
  reset: true,
  "lost-response": true,
  "error-after-effect": true,
  denied: true,
  "expired-credentials": true,
  "clock-skew": true,
  outage: true,
  html: true,
  "empty-body": true,
  "truncated-body": true,
};

/** Throws `OptionError` when a rule could not do what it says. */
export function assertFaultRule(rule: FaultRule): void {
  if (!Object.hasOwn(kinds, rule.fault)) {
    throw new OptionError("fault", `one of ${Object.keys(kinds).join(", ")}`, rule.fault);
  }
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
