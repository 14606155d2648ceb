import type { DeliveryMaker } from "./delivery.ts";
import { withinTime } from "./within-time.ts";

/**
 * The delivery of a sink that brings none: each batch is handed over at once, and once. What fails, or takes too long, is dropped
 * and counted. Enough for a sink in memory.
 */
export const direct: DeliveryMaker = (sink, { clock, writeTimeoutMs, reports }) => {
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
    delayMs: () => undefined,
  };
};
