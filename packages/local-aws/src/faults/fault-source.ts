import { TokenBucket } from "../quotas/token-bucket.ts";
import type { Random } from "../random.ts";
import type { FaultCall, FaultRule } from "./fault-rule.ts";

/** One rule with what it has counted so far. */
export class FaultSource {
  readonly rule: FaultRule;
  applied = 0;
  #fitted = 0;
  readonly #addedAt: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rule: FaultRule, addedAt: number) {
    this.rule = rule;
    this.#addedAt = addedAt;
  }

  /** Whether the fault befalls this request, counting it. */
  strikes(call: FaultCall, nowMs: number, random: Random): boolean {
    const { skip = 0, times = Number.POSITIVE_INFINITY, probability = 1 } = this.rule;
    if (this.applied >= times || !this.#holdsAt(nowMs) || !this.#fits(call)) return false;
    if (this.#fitted++ < skip) return false;
    if (probability < 1 && random() >= probability) return false;
    if (this.rule.fault === "rate-limit" && this.#admits(this.rule, call, nowMs)) return false;
    this.applied++;
    return true;
  }

  latencyMs(call: FaultCall, random: Random): number {
    if (this.rule.fault !== "latency") return 0;
    const { latencyMs } = this.rule;
    const chosen = typeof latencyMs === "number" ? latencyMs : latencyMs(call, random);
    return Number.isFinite(chosen) && chosen > 0 ? chosen : 0;
  }

  #holdsAt(nowMs: number): boolean {
    const { startsInMs = 0, lastsMs = Number.POSITIVE_INFINITY } = this.rule;
    const sinceStart = nowMs - this.#addedAt - startsInMs;
    return sinceStart >= 0 && sinceStart < lastsMs;
  }

  #fits(call: FaultCall): boolean {
    const { service, operation, account, region, attempt, when } = this.rule;
    return (
      includes(service, call.service) &&
      includes(operation, call.operation) &&
      includes(account, call.account) &&
      includes(region, call.region) &&
      includes(attempt, call.attempt) &&
      (when === undefined || when(call))
    );
  }

  #admits(rule: FaultRule & { readonly fault: "rate-limit" }, call: FaultCall, nowMs: number): boolean {
    const name = rule.per === "rule" ? "" : `${call.account}/${call.region}`;
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = new TokenBucket(rule.perSecond, rule.burst ?? Math.max(1, rule.perSecond), nowMs);
      this.#buckets.set(name, bucket);
    }
    return bucket.take(nowMs, rule.cost?.(call) ?? 1);
  }
}

function includes<Value>(wanted: Value | readonly Value[] | undefined, value: Value): boolean {
  if (wanted === undefined) return true;
  return Array.isArray(wanted) ? wanted.includes(value) : wanted === value;
}
