import type { DeliveryOptions } from "./delivery.ts";
import { errorName } from "./error-name.ts";

/** Where a sink's losses and failures are told: each becomes a metric, and a warning. */
export interface SinkReports {
  /** So many points will never be delivered, and why, in one word. */
  dropped(points: number, reason: string): void;
  /** A write failed. Returns the error's code or name. */
  failed(error: unknown): string;
}

export function sinkReports(sink: string, { self, logger }: Pick<DeliveryOptions, "self" | "logger">): SinkReports {
  const warn = (message: string, fields: Readonly<Record<string, unknown>>) => {
    try {
      logger?.warn(message, fields);
    } catch {
      // a logger cannot keep metrics from being delivered
    }
  };
  return {
    dropped(points, reason) {
      self.metricsDropped.add(points, { sink, reason });
      warn("Metrics were dropped", { sink, reason, points });
    },
    failed(given) {
      const error = errorName(given);
      self.metricsSinkFailures.add(1, { sink, error });
      warn("A sink failed", { sink, error });
      return error;
    },
  };
}
