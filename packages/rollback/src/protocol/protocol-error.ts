import { JournalError } from "../journal-error.ts";

/** A record that the state machine does not allow: a defect here, or a log that was tampered with. */
export class ProtocolError extends JournalError {
  constructor(transaction: string, message: string, step?: number) {
    super("ERR_JOURNAL_STATE", `Transaction ${transaction}: ${message}`, { transaction, step });
  }
}
