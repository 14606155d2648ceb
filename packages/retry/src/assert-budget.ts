import { OptionError } from "@holdfast/errors";
import type { RetryBudget } from "./retry-budget.ts";

/** @throws OptionError unless `budget` is a budget, or left out. */
export function assertBudget(budget: RetryBudget | undefined): void {
  if (budget === undefined || budget?.kind === "retry-budget") return;
  throw new OptionError("budget", "a budget made by retryBudget()", budget);
}
