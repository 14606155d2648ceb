import type { DeliveryMaker } from "./delivery.ts";
import { sinkReports } from "./sink-reports.ts";
import { withinTime } from "./within-time.ts";

/**
 * The delivery for a sink that cannot fail, as one in memory: each batch is handed over at once, and once. Should it fail all the
 * same, or take longer than `writeTimeoutMs`, the batch is dropped and counted.
 */
export const direct: DeliveryMaker = (sink, options) => {
  const { clock, writeTimeoutMs } = options;
  const reports = sinkReports(sink.name, options);
  let lastError: string | undefined;
  let failures = 0;
  let lastSuccessAt: number | undefined;

  async function attempt(points: number, run: (signal: AbortSignal) => void | Promise<void>): Promise<void> {
    try {
      await withinTime(clock, writeTimeoutMs, run);
      failures = 0;
      lastSuccessAt = clock.now();
    } catch (error) {
      failures++;
      lastError = reports.failed(error);
      if (points > 0) reports.dropped(points, "failed");
    }
  }

  return {
    async write(batch) {
      const { dropped } = reports;
      const { length } = batch.points;
      if (length > 0) await attempt(length, (signal) => sink.write(batch, { signal, dropped }));
    },
    close: () => attempt(0, () => sink.close?.()),
    health: () => ({
      name: sink.name,
      state: failures > 0 ? "failing" : "ok",
      pendingPoints: 0,
      consecutiveFailures: failures,
      lastSuccessAt,
      lastError,
    }),
  };
};
