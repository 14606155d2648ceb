import type { ErrorKind, Fault, RetryAdvice, Severity } from "./classification.ts";
import type { Evidence } from "./evidence.ts";

/** The part of a classification that a code decides. */
export interface Verdict {
  readonly kind: ErrorKind;
  readonly retry: RetryAdvice;
  readonly fault: Fault;
  readonly severity: Severity;
  /** Looks closer, for the few codes that mean several things. */
  readonly refine: Refine | undefined;
}

export type Refine = (verdict: Verdict, evidence: Evidence) => Verdict;

/** What follows from the kind alone, unless more is known. */
export interface KindTraits {
  /** How much an operator must care; `low` is what a program meets on a good day. */
  readonly severity: Severity;
  readonly fault: Fault;
}

/** The traits of each kind; its keys are all the kinds there are. */
export const traitsByKind: ReadonlyMap<unknown, KindTraits> = byWord([
  [{ severity: "low", fault: "client" }, "throttling conflict"],
  [{ severity: "low", fault: "caller" }, "aborted"],
  [{ severity: "medium", fault: "client" }, "not-found validation"],
  [{ severity: "medium", fault: "caller" }, "limit-reached unknown"],
  [{ severity: "medium", fault: "network" }, "timeout network"],
  [{ severity: "medium", fault: "server" }, "service circuit-open"],
  [{ severity: "high", fault: "client" }, "quota authentication authorization state encryption"],
  [{ severity: "high", fault: "caller" }, "configuration dependency storage"],
  [{ severity: "high", fault: "server" }, "provisioning"],
  [{ severity: "critical", fault: "caller" }, "defect"],
]);

export function verdict(kind: ErrorKind, retry: RetryAdvice): Verdict {
  return { kind, retry, ...(traitsByKind.get(kind) as KindTraits), refine: undefined };
}

/** The same verdict, to be looked at more closely. */
export function refined(verdict: Verdict, refine: Refine): Verdict {
  return { ...verdict, refine };
}

/** A table given as rows of "what is said, of which words". */
export function byWord<Said>(rows: readonly (readonly [Said, string])[]): ReadonlyMap<unknown, Said> {
  return new Map(rows.flatMap(([said, words]) => words.split(" ").map((word) => [word, said] as const)));
}
