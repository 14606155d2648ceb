import type { Severity } from "../classify/classification.ts";
import type { Logger } from "../logger.ts";
import type { ErrorSink } from "./error-reporter.ts";

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

/** Logs each record as its message and, as fields, all its facts: low severity as info, medium as a warning, else as an error. */
export function logSink({ logger }: LogSinkOptions): ErrorSink {
  return {
    write(records) {
      for (const { message, ...fields } of records) logger[levels[fields.severity]](message, fields);
    },
  };
}
