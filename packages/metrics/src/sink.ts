import type { DeliveryMaker } from "./delivery.ts";
import type { MetricDefinitions } from "./metric-definition.ts";
import type { Batch, Point } from "./point.ts";

/** What a sink is told beside the batch. */
export interface WriteContext {
  /** Aborts when the write takes too long. */
  readonly signal: AbortSignal;
  /** Says that some points will never be delivered, and why, in one word; they are counted in `metricsDropped`. */
  dropped(points: number, reason: string): void;
}

/** What a sink that is read from outside, like Prometheus, may ask of the metrics it is attached to. */
export interface MetricsSource {
  readonly namespace: string;
  readonly definitions: MetricDefinitions;
  /** Hands the sink what was measured up to now, at once. Other sinks get it too; those that are queued keep it until the next flush. */
  collect(): void;
}

/** Where metrics go. Whatever it does, those who record do not notice. */
export interface Sink {
  /** One word; the `sink` dimension of the metrics on delivery itself. */
  readonly name: string;
  /**
   * How batches are handed over, whatever the sink does: `queued` hands over one at a time, keeps what fails and tries it again
   * after a pause; `direct` hands each over at once and once, and is for what cannot fail.
   */
  readonly delivery: DeliveryMaker;
  /**
   * Takes a batch. A throw or rejection means it was not delivered; when queued, {@link UnsentPointsError} says that only
   * some of it was not.
   */
  write(batch: Batch, context: WriteContext): void | Promise<void>;
  /** Called once, when metrics are created with this sink. */
  attach?(source: MetricsSource): void;
  close?(): void | Promise<void>;
}

/** Part of a batch was delivered and part was not; only that part is tried again. `cause` says why. */
export class UnsentPointsError extends Error {
  override readonly name = "UnsentPointsError";
  readonly code = "ERR_METRICS_UNSENT";
  readonly unsent: readonly Point[];

  constructor(unsent: readonly Point[], cause: unknown) {
    super(`${unsent.length} points were not delivered; they are tried again after a pause`, { cause });
    this.unsent = unsent;
  }
}

/** By its code: the sink may come from another copy of this package. */
export function isUnsentPointsError(error: unknown): error is UnsentPointsError {
  try {
    const { code, unsent } = (error ?? {}) as Partial<UnsentPointsError>;
    return code === "ERR_METRICS_UNSENT" && Array.isArray(unsent);
  } catch {
    return false; // a getter or a proxy that throws
  }
}
