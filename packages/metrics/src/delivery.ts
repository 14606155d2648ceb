import type { Clock } from "./clock.ts";
import type { Instruments } from "./instruments.ts";
import type { Logger } from "./logger.ts";
import type { Batch } from "./point.ts";
import type { selfMetrics } from "./self-metrics.ts";
import type { Sink } from "./sink.ts";

/**
 * How soon a batch should be delivered: `due` at a flush; `now` before the process ends, whatever happened before; `later` if
 * more will follow before it is due, because another sink was read in between, or because `close()` comes next.
 */
export type Urgency = "later" | "due" | "now";

/** How a sink's delivery is going. */
export interface SinkHealth {
  readonly name: string;
  /** `failing` after a write that failed, `open` after three in a row: then it is only probed, at growing intervals. */
  readonly state: "ok" | "failing" | "open";
  readonly pendingPoints: number;
  readonly consecutiveFailures: number;
  /** Milliseconds since the epoch. */
  readonly lastSuccessAt: number | undefined;
  /** The code or name of the last failure. */
  readonly lastError: string | undefined;
}

/** Hands batches to one sink. Nothing of it throws or rejects, and what it returns settles within a bound. */
export interface Delivery {
  write(batch: Batch, urgency: Urgency): Promise<void>;
  /** Delivers what waits, once more, and closes the sink. */
  close(): Promise<void>;
  health(): SinkHealth;
}

export interface DeliveryOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly maxPendingPoints: number;
  readonly writeTimeoutMs: number;
  /** The metrics on metrics: what is lost, fails and waits is recorded there. */
  readonly self: Instruments<typeof selfMetrics>;
  readonly logger: Logger | undefined;
}

/** Makes a delivery for a sink of some metrics. */
export type DeliveryMaker = (sink: Sink, options: DeliveryOptions) => Delivery;
