import { createErrorReporter, type Guidance, recoveryAdviceByKind } from "@holdfast/errors";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { adviceText } from "./advice-text.ts";

/** `holdfast errors guidance KIND_OR_CODE`. */
export function guidance({ output }: CommandContext, _options: object, kindOrCode?: string): ExitCode {
  const known = createErrorReporter().guidance(kindOrCode!);
  if (isUnknown(kindOrCode!, known)) {
    throw new CliError(
      `Nothing is known of ${JSON.stringify(kindOrCode)}: give an error code, or one of ${Object.keys(recoveryAdviceByKind).join(", ")}`,
    );
  }
  output.answer(known, adviceText(known.remediation, known.recovery));
  return exitCode.ok;
}

function isUnknown(kindOrCode: string, { remediation, recovery }: Guidance): boolean {
  const nothing = remediation.code === "unknown" && recovery.reason === recoveryAdviceByKind.unknown.reason;
  return nothing && kindOrCode !== "unknown";
}
