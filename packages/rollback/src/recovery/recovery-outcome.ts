import type { RecordedError } from "../protocol/record.ts";
import type { RollbackReport } from "../undo/rollback-report.ts";

/** What became of one open transaction. */
export interface RecoveryOutcome {
  readonly id: string;
  readonly description: string;
  /**
   * `rolled-back`, `parked` (it waits for a person), `resumed`: done here, or so already. `skipped`, `manual`: left, by strategy.
   * `owned`: its owner lives. `lost`: another process recovers it. `damaged`: its log cannot be trusted. `failed`: see `error`; it stays
   * open.
   */
  readonly outcome:
    | "rolled-back"
    | "parked"
    | "resumed"
    | "skipped"
    | "manual"
    | "owned"
    | "lost"
    | "damaged"
    | "failed";
  /** Of the rollback, when there was one. */
  readonly report: RollbackReport | undefined;
  readonly error: RecordedError | undefined;
}
