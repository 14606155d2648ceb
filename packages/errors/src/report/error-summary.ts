import type { RemediationFor } from "../explain/remediation-for.ts";
import type { ErrorRecord } from "./error-record.ts";
import { reportOn } from "./error-report.ts";

const mostGroups = 10;

/** Many errors for a person: how many of what, what to do first, and what to do with the operation. */
export function summarize(records: readonly ErrorRecord[], remedy?: RemediationFor): string {
  if (records.length === 0) return "No errors.";
  const { statistics, categories, remediation, nextSteps } = reportOn(records, remedy);
  const { total, retryable, firstAt = 0, lastAt = 0 } = statistics;
  const groups = categories.flatMap((category) => category.groups);
  return [
    `${total} ${total === 1 ? "error" : "errors"} from ${time(firstAt)} to ${time(lastAt)}; ${retryable} may pass if tried again`,
    "",
    ...categories.map(({ kind, count, severity }) => `  ${String(count).padStart(5)}  ${kind} (${severity})`),
    "",
    "What happened:",
    ...groups.slice(0, mostGroups).map(({ count, latest }) => `  ${count} × ${sortOf(latest)}: ${latest.message}`),
    ...(groups.length > mostGroups ? [`  … and ${groups.length - mostGroups} more sorts`] : []),
    "",
    "What to do:",
    ...remediation
      .slice(0, mostGroups)
      .flatMap(({ summary, steps }, index) => [
        `  ${index + 1}. ${summary}`,
        ...steps.flatMap(({ text, command }) => [
          `     - ${text}`,
          ...(command === undefined ? [] : [`       $ ${command}`]),
        ]),
      ]),
    "",
    "Next:",
    ...nextSteps.map((step) => `  - ${step}`),
  ].join("\n");
}

function time(at: number): string {
  return new Date(at).toISOString();
}

function sortOf({ code, kind, service, operation }: ErrorRecord): string {
  const where = [service, operation].filter((part) => part !== undefined).join(" ");
  return `${code ?? kind}${where === "" ? "" : ` at ${where}`}`;
}
