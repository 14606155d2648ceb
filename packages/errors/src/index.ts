export {
  type AccessDenial,
  type PolicyKind,
  parseAccessDenial,
} from "./access-denial.ts";
export { type Arn, parseArn } from "./arn.ts";
export { type Attempt, type AttemptLedger, attemptLedgerKey, attemptsOf, type StopReason } from "./attempt-ledger.ts";
export {
  CircuitOpenError,
  type CircuitOpenErrorOptions,
  type CircuitOpenFacts,
  type RefusingState,
} from "./circuit-open-error.ts";
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
export {
  type ContextOf,
  type DefinedError,
  type DefinedErrorClass,
  type DefinedErrors,
  defineErrors,
  type ErrorDefinition,
  type ErrorDefinitions,
} from "./define-errors.ts";
export { type DescribeOptions, describeError } from "./describe-error.ts";
export { type ErrorGroup, groupsOf } from "./error-groups.ts";
export { type ErrorJson, errorToJson } from "./error-json.ts";
export type { ErrorRecord, RecordContext } from "./error-record.ts";
export { type ErrorCategory, type ErrorReport, type RecoveryOption, reportOn } from "./error-report.ts";
export {
  createErrorReporter,
  type ErrorReporter,
  type ErrorReporterOptions,
  type ErrorSink,
  type Guidance,
} from "./error-reporter.ts";
export { type ErrorStatistics, statisticsOf } from "./error-statistics.ts";
export { summarize } from "./error-summary.ts";
export {
  type ErrorContext,
  HoldfastError,
  type HoldfastErrorFacts,
  type HoldfastErrorLike,
  isHoldfastError,
} from "./holdfast-error.ts";
export { type LogSinkOptions, logSink } from "./log-sink.ts";
export { type Notification, type NotificationOptions, notificationSink } from "./notification-sink.ts";
export { OptionError } from "./option-error.ts";
export {
  type RecoveryAction,
  type RecoveryAdvice,
  recoveryAdviceByKind,
  recoveryAdviceFor,
} from "./recovery-advice.ts";
export { createRedactor, type RedactOptions, redact } from "./redact.ts";
export type { PolicyStatement, Remediation, RemediationStep } from "./remediation.ts";
export { type CatalogueEntry, remediationCatalogue } from "./remediation-catalogue.ts";
export {
  createRemediationFor,
  type RemediationContext,
  type RemediationFor,
  type RemediationOptions,
  remediationFor,
} from "./remediation-for.ts";
