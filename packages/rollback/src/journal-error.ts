/**
 * What the journal refuses, and why.
 *
 * - `ERR_JOURNAL_STATE`: the transaction's state does not allow it (it is final, rolling back, or the step is unknown).
 * - `ERR_JOURNAL_UNKNOWN_STEP`: a step's effect may or may not have happened; settle it or roll back.
 * - `ERR_JOURNAL_FENCED`: another process has taken the transaction over; nothing more may be done here.
 * - `ERR_JOURNAL_OPERATION`: no handler is registered for an operation, or its version.
 * - `ERR_JOURNAL_INPUT`: an input, output or checkpoint is not plain JSON. The message names where, and what it is.
 * - `ERR_JOURNAL_FULL`: the disk is full; what is open can still be rolled back.
 * - `ERR_JOURNAL_BROKEN`: the store failed; nothing it was asked since is known to be durable. Open the journal again.
 * - `ERR_JOURNAL_DAMAGED`: what was read is not what was written.
 * - `ERR_JOURNAL_CLOSED`: the journal was closed.
 * - `ERR_JOURNAL_STORE`: the store cannot be used here (it cannot be opened, is no journal, network file system, too old a Node or SQLite).
 */
export type JournalErrorCode =
  | "ERR_JOURNAL_STATE"
  | "ERR_JOURNAL_UNKNOWN_STEP"
  | "ERR_JOURNAL_FENCED"
  | "ERR_JOURNAL_OPERATION"
  | "ERR_JOURNAL_INPUT"
  | "ERR_JOURNAL_FULL"
  | "ERR_JOURNAL_BROKEN"
  | "ERR_JOURNAL_DAMAGED"
  | "ERR_JOURNAL_CLOSED"
  | "ERR_JOURNAL_STORE";

export interface JournalErrorFacts extends ErrorOptions {
  readonly transaction?: string | undefined;
  readonly step?: number | undefined;
}

/** Thrown by the journal about itself. An effect's own error passes through untouched and is never one of these. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly code: JournalErrorCode;
  readonly transaction: string | undefined;
  readonly step: number | undefined;

  constructor(code: JournalErrorCode, message: string, { transaction, step, ...options }: JournalErrorFacts = {}) {
    super(message, options);
    this.code = code;
    this.transaction = transaction;
    this.step = step;
  }
}

/** Nothing more is taken. */
export function journalClosed(): JournalError {
  return new JournalError("ERR_JOURNAL_CLOSED", "The journal is closed: open it again");
}

/** Whether `error` is a {@link JournalError} with this code; recognised by code, as two copies may be installed. */
export function isJournalError(error: unknown, code?: JournalErrorCode): error is JournalError {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return code === undefined ? error.code.startsWith("ERR_JOURNAL_") : error.code === code;
}
