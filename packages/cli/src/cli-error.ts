import { type ExitCode, exitCode } from "./exit-code.ts";

/** What a command refuses; the message says what to do. Shown without a stack. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code = "ERR_HOLDFAST_CLI";
  readonly exitCode: ExitCode;

  constructor(message: string, code: ExitCode = exitCode.error, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = code;
  }
}

export function usageError(message: string): CliError {
  return new CliError(message, exitCode.usage);
}
