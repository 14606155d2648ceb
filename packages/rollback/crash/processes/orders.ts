/** What a child process is to do. */
export interface Orders {
  readonly path: string;
  readonly role: "work" | "recover" | "work-once" | "poison" | "three steps" | "prune" | "retry parked";
  readonly seed: number;
  readonly deadlineMs: number;
  readonly settleMarginMs: number;
  readonly leaseMs: number;
  /** Transactions run side by side. */
  readonly transactions?: number | undefined;
  /** Leaves one more transaction open for as long as it works. */
  readonly holdsOne?: boolean | undefined;
  /** Kills itself at this boundary of a write or an effect; from 1. */
  readonly dieAt?: number | undefined;
  /** A guided recovery that looks again after so many milliseconds. */
  readonly reprobeAfterMs?: number | undefined;
  /** What the undo of the last step does. */
  readonly poison?: "throws" | "hangs" | "exits" | "out of memory" | undefined;
  /** What became of the handler of `make-special`. */
  readonly handler?: "removed" | "raised without upcast" | "raised, upcast fails" | "raised, upcast works" | undefined;
}

/** What it tells. */
export type Report =
  | { readonly type: "working" }
  | { readonly type: "acknowledged"; readonly transaction: string }
  | { readonly type: "fenced"; readonly transaction: string }
  | { readonly type: "finished"; readonly boundaries: number; readonly outcomes: readonly string[] };
