import type { Severity } from "../classify/classification.ts";
import type { Logger } from "../logger.ts";
import { assertFunction, assertKnownOptions } from "../options.ts";
import type { ErrorSink } from "./error-sink.ts";

export interface LogSinkOptions {
  /** Takes a message and fields: `console`, or pino or Powertools behind an adapter. */
  readonly logger: Pick<Logger, "info" | "warn" | "error">;
}

const levels: Readonly<Record<Severity, "info" | "warn" | "error">> = {
  low: "info",
  medium: "warn",
  high: "error",
  critical: "error",
};

/**
 * Logs each record as its message and, as fields, all its facts: low severity as info, medium as a warning, else as an error.
 *
 * @throws OptionError if the logger lacks one of the three.
 */
export function logSink(options: LogSinkOptions): ErrorSink {
  assertKnownOptions("logSink()", options, { logger: 0 });
  const { logger } = options;
  for (const level of ["info", "warn", "error"] as const) assertFunction(`logger.${level}`, logger?.[level]);
  return {
    write(records) {
      for (const { message, ...fields } of records) logger[levels[fields.severity]](message, fields);
    },
  };
}
