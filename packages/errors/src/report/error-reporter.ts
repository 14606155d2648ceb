import type { ErrorKind } from "../classify/classification.ts";
import { classify } from "../classify/classify.ts";
import { severityAndFaultOf } from "../classify/known-codes.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type RecoveryAdvice, recoveryAdviceByKind, recoveryAdviceFor } from "../explain/recovery-advice.ts";
import type { Remediation } from "../explain/remediation.ts";
import { type RemediationFor, remediationFor } from "../explain/remediation-for.ts";
import type { Logger } from "../logger.ts";
import { assertInteger, assertKnownOptions } from "../options.ts";
import { createRedactor, type RedactOptions } from "../redact/redact.ts";
import { type ErrorGroup, groupsOf } from "./error-groups.ts";
import { type ErrorRecord, type RecordContext, type RecordOptions, recordOf } from "./error-record.ts";
import { type ErrorReport, reportOn } from "./error-report.ts";
import type { ErrorSink } from "./error-sink.ts";
import { type ErrorStatistics, statisticsOf } from "./error-statistics.ts";
import { summarize } from "./error-summary.ts";
import { Outbox } from "./outbox.ts";

export interface ErrorReporterOptions {
  /** Records remembered; the oldest are dropped first. Integer ≥ 1. Default 1,000. */
  readonly capacity?: number | undefined;
  /** Facts that go with every record. */
  readonly context?: RecordContext | undefined;
  readonly sinks?: readonly ErrorSink[] | undefined;
  readonly redact?: RedactOptions | undefined;
  readonly remediationFor?: RemediationFor | undefined;
  readonly clock?: Clock | undefined;
  /** Hears of sinks that fail. Default: nobody. */
  readonly logger?: Pick<Logger, "warn"> | undefined;
}

/** What to do about errors of one sort. */
export interface Guidance {
  readonly remediation: Remediation;
  readonly recovery: RecoveryAdvice;
}

export interface ErrorReporter extends AsyncDisposable {
  /** Remembers an error and hands it to the sinks, later. Never throws. */
  record(error: unknown, context?: RecordContext): ErrorRecord;
  /** What is remembered, oldest first. */
  history(): readonly ErrorRecord[];
  groups(): readonly ErrorGroup[];
  /** `dropped` were forgotten by the history, `undelivered` never reached the sinks, because one was too slow. */
  statistics(): ErrorStatistics & { readonly dropped: number; readonly undelivered: number };
  report(): ErrorReport;
  /** The report as text for a person. */
  summary(): string;
  exportJson(): string;
  /** Forgets all, or what `which` picks; says how many. */
  clear(which?: (record: ErrorRecord) => boolean): number;
  /** What to do about a kind (`throttling`) or a code (`AccessDeniedException`). */
  guidance(kindOrCode: ErrorKind | (string & {})): Guidance;
  /** Resolves when every record so far has been offered to every sink. */
  flush(): Promise<void>;
  /** Flushes, closes the sinks, and records nothing more to them. */
  close(): Promise<void>;
}

/**
 * Collects errors with their context, and says what they mean together. Holds no timer and no more than `capacity`
 * records; secrets are gone before a record exists.
 *
 * @throws OptionError if `capacity` is not a positive integer.
 */
export function createErrorReporter(options: ErrorReporterOptions = {}): ErrorReporter {
  assertKnownOptions("createErrorReporter()", options, optionNames);
  const {
    capacity = 1_000,
    context: standing = {},
    sinks = [],
    redact = {},
    remediationFor: remedy = remediationFor,
    clock = systemClock,
    logger,
  } = options;
  assertInteger("capacity", capacity, { min: 1 });
  const redactor = createRedactor(redact);
  let records: ErrorRecord[] = [];
  let dropped = 0;
  const outbox = new Outbox(sinks, capacity, logger);

  const reporter: ErrorReporter = {
    record(error, context) {
      const record = makeRecord(error, standing, context, { at: clock.now(), redact: redactor });
      records.push(record);
      if (records.length > capacity) {
        records.shift();
        dropped++;
      }
      outbox.add(record);
      return record;
    },
    history: () => [...records],
    groups: () => groupsOf(records),
    statistics: () => ({ ...statisticsOf(records), dropped, undelivered: outbox.undelivered }),
    report: () => reportOn(records, remedy),
    summary: () => summarize(records, remedy),
    exportJson: () => JSON.stringify({ exportedAt: clock.now(), dropped, records }, undefined, 2),
    clear(which = () => true) {
      const before = records.length;
      records = records.filter((record) => !which(record));
      return before - records.length;
    },
    guidance: (kindOrCode) => guidanceOn(kindOrCode, remedy),
    flush: () => outbox.flush(),
    close: () => outbox.close(),
    [Symbol.asyncDispose]: () => outbox.close(),
  };
  return reporter;
}

const optionNames: Readonly<Record<keyof ErrorReporterOptions, 0>> = {
  capacity: 0,
  context: 0,
  sinks: 0,
  redact: 0,
  remediationFor: 0,
  clock: 0,
  logger: 0,
};

function makeRecord(
  error: unknown,
  standing: RecordContext,
  context: RecordContext | undefined,
  options: Omit<RecordOptions, "context">,
): ErrorRecord {
  try {
    return recordOf(error, { ...options, context: { ...standing, ...context } });
  } catch {
    return recordOf(undefined, { ...options, context: standing }); // a context or an error that throws when read
  }
}

function guidanceOn(kindOrCode: string, remedy: RemediationFor): Guidance {
  if (severityAndFaultOf(kindOrCode) !== undefined) {
    const kind = kindOrCode as ErrorKind;
    return { remediation: remedy({ kind, retry: "never" }), recovery: recoveryAdviceByKind[kind] };
  }
  const error = Object.assign(new Error(kindOrCode), { name: kindOrCode });
  return { remediation: remedy(error), recovery: recoveryAdviceFor(classify(error)) };
}
