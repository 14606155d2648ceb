import type { ErrorRecord } from "./error-record.ts";

/** Where records go beside the history: a file, a pager, a log. */
export interface ErrorSink {
  /**
   * Takes records in order, one batch at a time. A failure is logged, and the batch is lost to this sink alone. While
   * one is slow, records wait for it, at most as many as the history holds; the oldest are then left out.
   */
  write(records: readonly ErrorRecord[]): void | Promise<void>;
  close?(): void | Promise<void>;
}
