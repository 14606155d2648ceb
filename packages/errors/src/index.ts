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
} from "./classify/classification.ts";
export { classify } from "./classify/classify.ts";
export { type ClassificationRule, type ClassifierOptions, createClassifier } from "./classify/create-classifier.ts";
export { type ComposedPolicy, compose } from "./compose.ts";
export {
  type ContextOf,
  type DefinedError,
  type DefinedErrorClass,
  type DefinedErrors,
  defineErrors,
  type ErrorDefinition,
  type ErrorDefinitions,
} from "./define/define-errors.ts";
export { type ErrorJson, errorToJson } from "./define/error-json.ts";
export {
  type ErrorContext,
  HoldfastError,
  type HoldfastErrorFacts,
  type HoldfastErrorLike,
  isHoldfastError,
} from "./define/holdfast-error.ts";
export {
  type AccessDenial,
  type PolicyKind,
  parseAccessDenial,
} from "./explain/access-denial.ts";
export { type Arn, parseArn } from "./explain/arn.ts";
export { type DescribeOptions, describeError } from "./explain/describe-error.ts";
export {
  type RecoveryAction,
  type RecoveryAdvice,
  recoveryAdviceByKind,
  recoveryAdviceFor,
} from "./explain/recovery-advice.ts";
export type {
  PolicyStatement,
  Remediation,
  RemediationContext,
  RemediationStep,
} from "./explain/remediation.ts";
export { type CatalogueEntry, remediationCatalogue } from "./explain/remediation-catalogue.ts";
export {
  createRemediationFor,
  type RemediationFor,
  type RemediationOptions,
  remediationFor,
} from "./explain/remediation-for.ts";
export { OptionError } from "./option-error.ts";
export { createRedactor, type RedactOptions, redact } from "./redact/redact.ts";
export { type ErrorGroup, groupsOf } from "./report/error-groups.ts";
export type { ErrorRecord, RecordContext } from "./report/error-record.ts";
export { type ErrorCategory, type ErrorReport, type RecoveryOption, reportOn } from "./report/error-report.ts";
export {
  createErrorReporter,
  type ErrorReporter,
  type ErrorReporterOptions,
  type Guidance,
} from "./report/error-reporter.ts";
export type { ErrorSink } from "./report/error-sink.ts";
export { type ErrorStatistics, statisticsOf } from "./report/error-statistics.ts";
export { summarize } from "./report/error-summary.ts";
export { type LogSinkOptions, logSink } from "./report/log-sink.ts";
export { type Notification, type NotificationOptions, notificationSink } from "./report/notification-sink.ts";
export { TimeoutError, type TimeoutErrorOptions } from "./timeout-error.ts";
