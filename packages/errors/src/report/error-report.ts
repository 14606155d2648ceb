import type { ErrorKind, Severity } from "../classify/classification.ts";
import { type RecoveryAction, recoveryAdviceFor } from "../explain/recovery-advice.ts";
import type { Remediation } from "../explain/remediation.ts";
import { type RemediationFor, remediationFor } from "../explain/remediation-for.ts";
import { type ErrorGroup, groupsOf } from "./error-groups.ts";
import type { ErrorRecord } from "./error-record.ts";
import { type ErrorStatistics, statisticsOf } from "./error-statistics.ts";

/** What many errors together mean, and what to do about them. */
export interface ErrorReport {
  readonly statistics: ErrorStatistics;
  readonly categories: readonly ErrorCategory[];
  /** What to do first: the first step for each sort of error, the gravest before the rest. */
  readonly immediateActions: readonly string[];
  /** What a person or a program can do about each sort. */
  readonly remediation: readonly Remediation[];
  readonly recoveryOptions: readonly RecoveryOption[];
  /** What to do with the operation as a whole, in order. */
  readonly nextSteps: readonly string[];
}

export interface ErrorCategory {
  readonly kind: ErrorKind;
  readonly severity: Severity;
  readonly count: number;
  readonly groups: readonly ErrorGroup[];
}

export interface RecoveryOption {
  readonly action: RecoveryAction;
  /** How many of the errors it is the best answer to. */
  readonly count: number;
  /** Whether a program may do it without asking, for all of them. */
  readonly automatic: boolean;
  /** The sorts of error it answers. */
  readonly groups: readonly string[];
}

const gravity: Readonly<Record<Severity, number>> = { critical: 3, high: 2, medium: 1, low: 0 };

/** Looks at many errors together. `remedy` is by default {@link remediationFor}. */
export function reportOn(records: readonly ErrorRecord[], remedy: RemediationFor = remediationFor): ErrorReport {
  const groups = groupsOf(records).toSorted((a, b) => gravity[b.latest.severity] - gravity[a.latest.severity]);
  const remediation = distinct(groups.map(({ latest }) => remedy(latest, latest)));
  const recoveryOptions = optionsFor(groups);
  return {
    statistics: statisticsOf(records),
    categories: categoriesOf(groups),
    immediateActions: [...new Set(remediation.flatMap(({ steps }) => steps[0]?.text ?? []))],
    remediation,
    recoveryOptions,
    nextSteps: recoveryOptions.map((option) => nextStep(option, records.length)),
  };
}

function distinct(remediations: readonly Remediation[]): readonly Remediation[] {
  return [...new Map(remediations.map((remediation) => [remediation.summary, remediation])).values()];
}

function categoriesOf(groups: readonly ErrorGroup[]): readonly ErrorCategory[] {
  return [...Map.groupBy(groups, ({ latest }) => latest.kind)].map(([kind, members]) => ({
    kind,
    severity: (members[0] as ErrorGroup).latest.severity,
    count: members.reduce((sum, { count }) => sum + count, 0),
    groups: members,
  }));
}

// In the order to act: what costs nothing and may heal by itself, before what undoes or needs a person.
const order: readonly RecoveryAction[] = ["refresh-credentials", "wait", "retry", "skip", "roll-back", "ask-a-person"];

function optionsFor(groups: readonly ErrorGroup[]): readonly RecoveryOption[] {
  const byAction = Map.groupBy(groups, ({ latest }) => recoveryAdviceFor(latest).actions[0]);
  return [...byAction]
    .map(([action, members]) => ({
      action,
      count: members.reduce((sum, { count }) => sum + count, 0),
      automatic: members.every(({ latest }) => recoveryAdviceFor(latest).automatic),
      groups: members.map(({ group }) => group),
    }))
    .sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
}

function nextStep({ action, count }: RecoveryOption, total: number): string {
  const which = count === total ? (total === 1 ? "the error" : `all ${total} errors`) : `${count} of ${total} errors`;
  switch (action) {
    case "refresh-credentials":
      return `Renew the credentials, then resume: it answers ${which}`;
    case "wait":
      return `Wait until the service admits calls again, then resume: it answers ${which}`;
    case "retry":
      return `Resume from the last checkpoint: ${which} may pass`;
    case "skip":
      return `Leave out what failed and go on: it answers ${which}`;
    case "roll-back":
      return `Undo what was begun: it answers ${which}`;
    case "ask-a-person":
      return `Have a person correct the cause before resuming: it answers ${which}`;
  }
}
