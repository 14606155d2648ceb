import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import { assertFaultRule } from "./assert-fault-rule.ts";
import type { FaultCall, FaultRule } from "./fault-rule.ts";
import { FaultSource } from "./fault-source.ts";

/** A rule in force. */
export interface FaultHandle {
  readonly rule: FaultRule;
  /** How many requests met the fault. */
  readonly applied: number;
  /** Takes the rule out of force. */
  remove(): void;
}

/** Rules for what goes wrong, put in force and taken out while the endpoint runs. */
export interface Faults {
  /** Puts a rule in force, from now. Rules apply in the order they were added. Throws `OptionError` when it makes no sense. */
  add(rule: FaultRule): FaultHandle;
  /** Takes every rule out of force. */
  clear(): void;
}

/** What is to befall one request, latencies and skew added up. */
export interface FaultPlan {
  readonly latencyMs: number;
  readonly skewMs: number;
  /** The first fault that ends the request. */
  readonly rule: FaultRule | undefined;
  /** The kinds of all rules that applied, in order. */
  readonly kinds: readonly FaultRule["fault"][];
}

const none: FaultPlan = { latencyMs: 0, skewMs: 0, rule: undefined, kinds: [] };

/** The fault rules of an endpoint. The first that ends the request wins. */
export class FaultRules implements Faults {
  readonly #sources = new Set<FaultSource>();
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  add(rule: FaultRule): FaultHandle {
    assertFaultRule(rule);
    const source = new FaultSource(rule, this.#clock.monotonic());
    this.#sources.add(source);
    return {
      rule,
      get applied() {
        return source.applied;
      },
      remove: () => {
        this.#sources.delete(source);
      },
    };
  }

  clear(): void {
    this.#sources.clear();
  }

  /** What is to befall this request; counts it on the rules that apply. */
  plan(call: FaultCall): FaultPlan {
    if (this.#sources.size === 0) return none;
    const now = this.#clock.monotonic();
    const kinds: FaultRule["fault"][] = [];
    let latencyMs = 0;
    let skewMs = 0;
    for (const source of this.#sources) {
      if (!source.strikes(call, now, this.#random)) continue;
      const { rule } = source;
      kinds.push(rule.fault);
      if (rule.fault === "latency") latencyMs += source.latencyMs(call, this.#random);
      else if (rule.fault === "clock-skew") skewMs += rule.skewMs;
      else return { latencyMs, skewMs, rule, kinds };
    }
    return { latencyMs, skewMs, rule: undefined, kinds };
  }
}
