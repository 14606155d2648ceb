import { assertNumber } from "@holdfast/errors/policy";
import type { BudgetLedger } from "./retry-budget.ts";

export interface TokenBudgetOptions {
  readonly style: "tokens";
  /** Tokens at the start, and at most. ≥ 0, default 500, as in the AWS SDK. */
  readonly capacity?: number | undefined;
  /** What a retry costs. ≥ 0, default 14, as in the AWS SDK. */
  readonly retryCost?: number | undefined;
  /** What a retry after throttling costs. ≥ 0, default 5, as in the AWS SDK. */
  readonly throttlingCost?: number | undefined;
  /** What a call that succeeds without a retry gives back. ≥ 0, default 1, as in the AWS SDK. */
  readonly successRefund?: number | undefined;
}

/** @throws OptionError if an option is out of range. */
export function tokenLedger({
  capacity = 500,
  retryCost = 14,
  throttlingCost = 5,
  successRefund = 1,
}: TokenBudgetOptions): () => BudgetLedger {
  assertNumber("capacity", capacity, { min: 0 });
  assertNumber("retryCost", retryCost, { min: 0 });
  assertNumber("throttlingCost", throttlingCost, { min: 0 });
  assertNumber("successRefund", successRefund, { min: 0 });
  const costOf = (throttling: boolean) => (throttling ? throttlingCost : retryCost);
  return () => {
    let tokens = capacity;
    return {
      get level() {
        return capacity === 0 ? 0 : tokens / capacity;
      },
      open() {
        let lastCost: number | undefined;
        return {
          canPay: (throttling) => tokens >= costOf(throttling),
          pay(throttling) {
            lastCost = costOf(throttling);
            tokens -= lastCost;
          },
          succeed() {
            tokens = Math.min(capacity, tokens + (lastCost ?? successRefund));
          },
          close() {},
        };
      },
    };
  };
}
