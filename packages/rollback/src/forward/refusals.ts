import { OptionError } from "@holdfast/errors";
import { JournalError } from "../journal-error.ts";
import type { AnyOperation, OperationRegistry } from "../operation-registry.ts";
import type { IntentRecord } from "../protocol/record.ts";
import type { StepState } from "../protocol/step-state.ts";

// What a transaction that goes forward refuses.

/** Its state does not allow it. */
export function refusal(transaction: string, why: string, cause?: unknown): JournalError {
  const options = cause === undefined ? {} : { cause };
  return new JournalError("ERR_JOURNAL_STATE", `Transaction ${transaction}: ${why}`, { transaction, ...options });
}

/** Nobody knows whether a step took effect. */
export function unknownStep(transaction: string, { step, operation }: IntentRecord, why: string): JournalError {
  const message = `Transaction ${transaction}, step ${step} (${operation}): ${why}`;
  return new JournalError("ERR_JOURNAL_UNKNOWN_STEP", message, { transaction, step });
}

/** The operation cannot be undone by whoever recovers. */
export function unregistered(operation: AnyOperation, operations: OperationRegistry): Error {
  if (typeof operation?.apply !== "function") {
    return new OptionError("operation", "what defineOperation() returned", operation);
  }
  const { name, version } = operation;
  const why =
    operations.find(name, version)?.version === version
      ? "there as another object than this one: define it once, and import it where it is run"
      : "not there: a process that recovers could not undo it. Add it";
  return new JournalError("ERR_JOURNAL_OPERATION", `Of the journal's \`operations\`, ${name}@${version} is ${why}`);
}

/** A step's output is asked for that was no plain JSON when it came. */
export function unwrittenOutput(transaction: string, { intent, unwritten }: StepState): JournalError {
  return new JournalError(
    "ERR_JOURNAL_INPUT",
    `Step ${intent.step} ("${intent.name}") is done, but what it returned could not be recorded: ${unwritten}. Have \`apply\` return plain data`,
    { transaction, step: intent.step },
  );
}
