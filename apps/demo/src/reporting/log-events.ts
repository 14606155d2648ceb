import { errorToJson } from "@holdfast/errors";
import type { EventReport } from "../events/replicate-event.ts";
import { failureFacts } from "../replication/failure-facts.ts";
import type { ReplicatorEvent } from "../replication/open-replicator.ts";
import { type LogLevel, logLevels } from "../settings/environment.ts";

/** Writes what happens as JSON lines, as log services read them. Holds no secret's value. */
export interface EventLog {
  onEvent(event: ReplicatorEvent): void;
  report(report: EventReport): void;
  failure(error: unknown): void;
}

export function logEvents(least: LogLevel, output: Pick<Console, "log">): EventLog {
  const write = (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(least)) return;
    output.log(JSON.stringify({ level, message, ...fields }));
  };
  return {
    onEvent(event) {
      switch (event.type) {
        case "secret":
          return write("DEBUG", "secret", { secret: event.name, outcome: event.outcome, region: event.region });
        case "circuit":
          return write("WARN", "circuit", {
            circuit: event.circuit,
            from: event.from,
            to: event.to,
            reason: event.reason,
          });
        case "rolling-back":
          return write("WARN", "rolling back", {
            secret: event.name,
            region: event.region,
            errorType: failureFacts(event.error).kind,
          });
        default:
      }
    },
    report: ({ outcome, ...rest }) =>
      write(outcome === "failed" || outcome === "partial" ? "ERROR" : "INFO", outcome, rest),
    failure: (error) => write("ERROR", "failed", { error: errorToJson(error) }),
  };
}
