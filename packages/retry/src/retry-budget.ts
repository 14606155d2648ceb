import { OptionError } from "@holdfast/errors";
import {
  assertFunction,
  assertInteger,
  assertKnownOptions,
  type CallDetails,
  Emitter,
  type Event,
  LruMap,
} from "@holdfast/errors/policy";
import { type RatioBudgetOptions, ratioLedger } from "./ratio-budget.ts";
import { type TokenBudgetOptions, tokenLedger } from "./token-budget.ts";

interface ScopeOptions {
  /** Names the budget in messages and metrics. Default `"retry-budget"`. */
  readonly name?: string | undefined;
  /** Calls with the same key share one budget, e.g. `(call) => call?.region ?? ""`. Default: all calls share one. */
  readonly scope?: ((call: CallDetails | undefined) => string) | undefined;
  /** Budgets kept at once; the one longest unused is dropped, and starts full again. Integer ≥ 1, default 1,000. */
  readonly maxScopes?: number | undefined;
}

type Names<Options> = Readonly<Record<keyof Options, 0>>;
const scopeNames: Names<ScopeOptions> = { name: 0, scope: 0, maxScopes: 0 };
const tokenNames: Names<TokenBudgetOptions> = {
  style: 0,
  capacity: 0,
  retryCost: 0,
  throttlingCost: 0,
  successRefund: 0,
};
const ratioNames: Names<RatioBudgetOptions> = {
  style: 0,
  ratio: 0,
  windowMs: 0,
  minConcurrent: 0,
  minPerSecond: 0,
  clock: 0,
};

export type RetryBudgetOptions = ScopeOptions & (TokenBudgetOptions | RatioBudgetOptions);

/** A retry was refused for want of budget. */
export interface BudgetDeniedEvent {
  readonly scope: string;
  /** What is left, from 0 to 1. */
  readonly level: number;
  /** Retries refused so far, in all scopes. */
  readonly denied: number;
  readonly call: CallDetails | undefined;
}

/** What one call may do with a budget. */
export interface BudgetAccount {
  /** Whether there is enough for a retry; a refusal is counted and told. */
  canPay(throttling: boolean): boolean;
  pay(throttling: boolean): void;
  /** The call succeeded: a token budget takes back what its last retry cost. */
  succeed(): void;
  /** The call is over. */
  close(): void;
}

/** Limits how many retries many calls may make together, so that a service in distress is not held down by them. */
export interface RetryBudget {
  readonly kind: "retry-budget";
  readonly name: string;
  /** What is left in the emptiest scope, from 0 to 1. */
  readonly level: number;
  /** Retries refused so far. */
  readonly denied: number;
  readonly onDenied: Event<BudgetDeniedEvent>;
  /** What is left in one scope, from 0 to 1. */
  levelOf(scope: string): number;
  /** Opens the account of one call; for policies. */
  open(call: CallDetails | undefined): BudgetAccount;
}

/** The state of one scope. */
export interface BudgetLedger {
  readonly level: number;
  open(): BudgetAccount;
}

/**
 * A budget for retries, which policies of this and other clients can share.
 *
 * `{ style: "tokens" }`: 500 tokens; a retry costs 14, one after throttling 5; a success gives back what its last
 * retry cost, or 1. As in the AWS SDK. `{ style: "ratio" }`: retries may be 20 % of the calls of the last 10 s,
 * and always 3 at a time, or 10 a second if `minPerSecond` says so. As in Envoy and Finagle.
 *
 * @throws OptionError if an option is out of range.
 */
export function retryBudget(options: RetryBudgetOptions = { style: "tokens" }): RetryBudget {
  const { name = "retry-budget", scope: scopeOf = () => "", maxScopes = 1_000 } = options;
  assertFunction("scope", scopeOf);
  assertInteger("maxScopes", maxScopes, { min: 1 });
  const makeLedger = ledgerMaker(options);
  const names = options.style === "tokens" ? tokenNames : ratioNames;
  assertKnownOptions<object>("retryBudget()", options, { ...scopeNames, ...names });
  const ledgers = new LruMap<BudgetLedger>(maxScopes);
  const deniedEmitter = new Emitter<BudgetDeniedEvent>();
  let denied = 0;

  return {
    kind: "retry-budget",
    name,
    onDenied: deniedEmitter.event,
    get level() {
      let lowest = 1;
      for (const ledger of ledgers.values()) lowest = Math.min(lowest, ledger.level);
      return lowest;
    },
    get denied() {
      return denied;
    },
    levelOf: (scope) => ledgers.peek(scope)?.level ?? 1,
    open(call) {
      const scope = scopeOf(call);
      const ledger = ledgers.get(scope) ?? ledgers.add(scope, makeLedger());
      const account = ledger.open();
      return {
        ...account,
        canPay(throttling) {
          if (account.canPay(throttling)) return true;
          denied += 1;
          if (deniedEmitter.active) deniedEmitter.emit({ scope, level: ledger.level, denied, call });
          return false;
        },
      };
    },
  };
}

function ledgerMaker(options: RetryBudgetOptions): () => BudgetLedger {
  if (options.style === "tokens") return tokenLedger(options);
  if (options.style === "ratio") return ratioLedger(options);
  throw new OptionError("style", '"tokens" or "ratio"', (options as { style?: unknown }).style);
}
