export { type Attempt, type AttemptLedger, attemptLedgerKey, attemptsOf, type StopReason } from "./attempt-ledger.ts";
export { CircuitOpenError, type CircuitOpenFacts } from "./circuit-open-error.ts";
export type {
  Classification,
  ClassificationContext,
  Classify,
  ErrorKind,
  Fault,
  RetryAdvice,
  Severity,
} from "./classification.ts";
export { classify } from "./classify.ts";
export { type ComposedPolicy, compose } from "./compose.ts";
export { type ClassificationRule, type ClassifierOptions, createClassifier } from "./create-classifier.ts";
export { OptionError } from "./option-error.ts";
