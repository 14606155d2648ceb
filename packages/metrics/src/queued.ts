import { setIdleTimeout, type Timer } from "./clock.ts";
import type { DeliveryMaker } from "./delivery.ts";
import { joinBatches } from "./join-batches.ts";
import type { Batch } from "./point.ts";
import { PointQueue } from "./point-queue.ts";
import { isUnsentPointsError } from "./sink.ts";
import { sinkReports } from "./sink-reports.ts";
import { withinTime } from "./within-time.ts";

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
const failuresToOpen = 3;

/**
 * The delivery for a sink that can fail: hands it batches one at a time, oldest first, and survives it. A failure is followed by
 * a pause that doubles up to a minute, a write that never ends is abandoned, and when too much waits, the oldest is dropped.
 */
export const queued: DeliveryMaker = (sink, options) => {
  const { clock, random, maxPendingPoints, writeTimeoutMs, self } = options;
  const reports = sinkReports(sink.name, options);
  const queue = new PointQueue(maxPendingPoints, (points) => reports.dropped(points, "queue-full"));
  let partial: Batch | undefined; // of the current interval, until the rest comes
  let inFlight: Batch | undefined;
  let writing: Promise<void> | undefined;
  let failures = 0;
  let notBefore = 0;
  let retryTimer: Timer;
  let closed = false;
  let lastSuccessAt: number | undefined;
  let lastError: string | undefined;

  /** Writes what is queued, unless the sink is to be left alone for now. */
  function drain(force: boolean): Promise<void> {
    const alone = queue.oldest === undefined || (!force && clock.monotonic() < notBefore);
    if (writing === undefined && !alone) writing = writeAll();
    return writing ?? Promise.resolve();
  }

  async function writeAll(): Promise<void> {
    inFlight = queue.shift();
    while (inFlight !== undefined) inFlight = (await delivered(inFlight)) ? queue.shift() : undefined;
    writing = undefined; // in the same turn in which the queue was seen to be empty
  }

  async function delivered(batch: Batch): Promise<boolean> {
    const { dropped } = reports;
    try {
      await withinTime(clock, writeTimeoutMs, (signal) => sink.write(batch, { signal, dropped }));
      failures = 0;
      lastSuccessAt = clock.now();
      return true;
    } catch (error) {
      if (isUnsentPointsError(error)) takeBack({ ...batch, points: error.unsent }, error.cause);
      else takeBack(batch, error);
      return false;
    }
  }

  /** Queues what could not be written, before everything newer, and pauses. */
  function takeBack(unsent: Batch, error: unknown): void {
    lastError = reports.failed(error);
    queue.unshift(unsent);
    // Between half the pause and all of it: the sinks of a fleet must not come back together.
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures++) * (0.5 + random() / 2);
    notBefore = clock.monotonic() + pauseMs;
    clock.clearTimeout(retryTimer);
    if (!closed) retryTimer = setIdleTimeout(clock, () => void drain(false), Math.ceil(pauseMs));
  }

  /** Queues the current interval. */
  function enqueue(): void {
    if (partial !== undefined) queue.push(partial);
    partial = undefined;
  }

  const delayMs = () => {
    const oldest = inFlight ?? queue.oldest;
    return oldest && Math.max(0, clock.now() - oldest.endedAt);
  };
  self.metricsSinkDelay.observe(delayMs, { sink: sink.name });
  return {
    async write(batch, urgency) {
      partial = joinBatches(partial, batch);
      if (urgency === "later") return;
      enqueue();
      await drain(urgency === "now");
    },
    async close() {
      closed = true;
      clock.clearTimeout(retryTimer);
      enqueue();
      await drain(true);
      await drain(true); // what was left by a write that was under way already
      const left = queue.clear();
      if (left > 0) reports.dropped(left, "closed");
      try {
        await withinTime(clock, writeTimeoutMs, () => sink.close?.());
      } catch (error) {
        reports.failed(error);
      }
    },
    health: () => ({
      name: sink.name,
      state: failures === 0 ? "ok" : failures < failuresToOpen ? "failing" : "open",
      pendingPoints: queue.points + (inFlight?.points.length ?? 0),
      consecutiveFailures: failures,
      lastSuccessAt,
      lastError,
    }),
  };
};
