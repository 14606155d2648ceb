import type { RecoveryAdvice, Remediation } from "@holdfast/errors";
import { printable } from "../print/printable.ts";

/** A remediation and the advice for the work that failed, for a person. */
export function adviceText({ summary, steps }: Remediation, recovery: RecoveryAdvice): string {
  return [
    printable(summary),
    ...steps.flatMap(({ text, command, url }, index) => [
      `  ${index + 1}. ${printable(text)}`,
      ...(command === undefined ? [] : [`     $ ${printable(command)}`]),
      ...(url === undefined ? [] : [`     ${printable(url)}`]),
    ]),
    recoveryText(recovery),
  ].join("\n");
}

export function recoveryText({ actions, automatic, reason }: RecoveryAdvice): string {
  return `Then: ${actions.join(", or ")} (${reason}${automatic ? "; a program may do so" : ""})`;
}
