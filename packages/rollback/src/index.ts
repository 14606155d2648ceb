export {
  type ApplyContext,
  type CompensateContext,
  defineOperation,
  type Operation,
  type OperationDefinition,
  type Permission,
  type ProbeResult,
  type RecordedStep,
  type StepContext,
} from "./define-operation.ts";
export type { CompletedStep, RunOptions, StepRunner } from "./forward/step-runner.ts";
export { Transaction } from "./forward/transaction.ts";
export { idempotencyKey } from "./idempotency-key.ts";
export {
  type BeginOptions,
  type DecideOptions,
  Journal,
  type RecoverTransactionOptions,
  type TakeOverOptions,
} from "./journal.ts";
export { isJournalError, JournalError, type JournalErrorCode, type JournalErrorFacts } from "./journal-error.ts";
export type { ProgressEvent, StepEvent, TransactionEvent } from "./journal-event.ts";
export type { CheckPermissions } from "./journal-runtime.ts";
export type {
  AppendRequest,
  Commit,
  CommitMember,
  Entry,
  JournalHead,
  JournalStore,
  OwnerSight,
  TransactionFilter,
  TransactionStatus,
  TransactionSummary,
} from "./journal-store.ts";
export type { Json } from "./json.ts";
export { type DataKey, type KeyGenerator, type KeyProvider, type KeyWrapper, plainKeys } from "./key-provider.ts";
export { memoryStore } from "./memory-store.ts";
export { type JournalOptions, openJournal } from "./open-journal.ts";
export type { AnyOperation, Operations } from "./operation-registry.ts";
export { commitDigest, commitHash, entryHash, memberName } from "./protocol/entry-text.ts";
export type { Decision, JournalRecord, OperationClass, ParkReason, RecordedError } from "./protocol/record.ts";
export type { StepStatus } from "./protocol/step-state.ts";
export type { RandomBytes } from "./random-bytes.ts";
export type { StepView, TransactionView } from "./transaction-view.ts";
export type { ParkedStep, RollbackReport } from "./undo/rollback-report.ts";
export type { RecordedStepFacts } from "./undo/step-facts.ts";
export type { UndoAdvice, UndoFailure, UndoOptions } from "./undo/undo-settings.ts";
export type { JournalProblem, VerifyOptions, VerifyReport } from "./verify.ts";
