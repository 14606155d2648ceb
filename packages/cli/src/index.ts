export type { CliIo } from "./cli-io.ts";
export { type ExitCode, exitCode } from "./exit-code.ts";
export { processIo } from "./process-io.ts";
export { runCli } from "./run-cli.ts";
