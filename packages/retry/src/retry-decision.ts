import type { StopReason } from "@holdfast/errors";

/** What follows a failure: the end, a pause and another attempt, or a renewal first. */
export type RetryDecision =
  | {
      readonly next: "stop";
      readonly stopReason: StopReason;
      /** The pause, in milliseconds, that there would have been before a retry that the budget refused. */
      readonly refusedDelayMs?: () => number;
    }
  | { readonly next: "retry"; readonly delayMs: number }
  | { readonly next: "refresh" };
