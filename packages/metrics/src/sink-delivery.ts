import { type Clock, setIdleTimeout, type Timer } from "./clock.ts";
import { errorName } from "./error-name.ts";
import { joinBatches } from "./join-batches.ts";
import type { Batch } from "./point.ts";
import { isUnsentPointsError, type Sink } from "./sink.ts";

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

/** What a delivery reports; each becomes a metric. */
export interface DeliveryReports {
  dropped(sink: string, reason: string, points: number): void;
  failed(sink: string, error: string): void;
}

export interface SinkDeliveryOptions {
  readonly sink: Sink;
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxPendingPoints: number;
  readonly writeTimeoutMs: number;
  readonly reports: DeliveryReports;
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
const failuresToOpen = 3;

/**
 * Hands batches to one sink, one at a time, oldest first, and survives it: a failure is followed by a pause that doubles up to
 * a minute, a write that never ends is abandoned, and when too much waits, the oldest is dropped.
 */
export class SinkDelivery {
  readonly #options: SinkDeliveryOptions;
  readonly #pending: Batch[] = [];
  #partial: Batch | undefined;
  #pendingPoints = 0;
  #failures = 0;
  #notBefore = 0;
  #inFlight: Batch | undefined;
  #writing: Promise<void> | undefined;
  #retryTimer: Timer | undefined;
  #lastSuccessAt: number | undefined;
  #lastError: string | undefined;
  #closed = false;

  constructor(options: SinkDeliveryOptions) {
    this.#options = options;
  }

  get health(): SinkHealth {
    return {
      name: this.#options.sink.name,
      state: this.#failures === 0 ? "ok" : this.#failures < failuresToOpen ? "failing" : "open",
      pendingPoints: this.#pendingPoints + (this.#inFlight?.points.length ?? 0),
      consecutiveFailures: this.#failures,
      lastSuccessAt: this.#lastSuccessAt,
      lastError: this.#lastError,
    };
  }

  /** How long the oldest batch has been waiting, in milliseconds; `undefined` if none is. */
  get delayMs(): number | undefined {
    const oldest = this.#inFlight ?? this.#pending[0];
    return oldest === undefined ? undefined : Math.max(0, this.#options.clock.now() - oldest.endedAt);
  }

  /** Keeps a part of the current interval until the rest comes. */
  hold(batch: Batch): void {
    this.#partial = joinBatches(this.#partial, batch);
  }

  /** Queues a batch; the oldest points make room. */
  offer(batch: Batch): void {
    const whole = joinBatches(this.#partial, batch);
    this.#partial = undefined;
    if (whole.points.length === 0) return;
    this.#pending.push(whole);
    this.#pendingPoints += whole.points.length;
    this.#makeRoom();
  }

  /** Writes what is queued, unless the sink is to be left alone for now. `force` writes even then. Never rejects. */
  drain(force = false): Promise<void> {
    if (this.#writing !== undefined) return this.#writing;
    if (!force && this.#options.clock.monotonic() < this.#notBefore) return Promise.resolve();
    const writing = this.#writeAll();
    if (this.#inFlight !== undefined) this.#writing = writing; // otherwise the sink took everything at once
    return writing;
  }

  /** Writes once more, whatever the state, then drops what is left and closes the sink. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#options.clock.clearTimeout(this.#retryTimer);
    await this.drain(true);
    await this.drain(true); // what was offered while an earlier write was under way
    const left = this.#pendingPoints;
    this.#pending.length = this.#pendingPoints = 0;
    if (left > 0) this.#options.reports.dropped(this.#options.sink.name, "closed", left);
    try {
      await this.#options.sink.close?.();
    } catch (error) {
      this.#options.reports.failed(this.#options.sink.name, errorName(error));
    }
  }

  async #writeAll(): Promise<void> {
    for (let batch = this.#next(); batch !== undefined; batch = this.#next()) {
      try {
        const written = this.#write(batch);
        if (written !== undefined) await written;
        this.#failures = 0;
        this.#lastSuccessAt = this.#options.clock.now();
      } catch (error) {
        this.#failed(batch, error);
        break;
      }
    }
    this.#inFlight = undefined;
    this.#writing = undefined;
  }

  /** Takes the oldest batch out of the queue. */
  #next(): Batch | undefined {
    this.#inFlight = this.#pending.shift();
    this.#pendingPoints -= this.#inFlight?.points.length ?? 0;
    return this.#inFlight;
  }

  #write(batch: Batch): Promise<void> | undefined {
    const { sink, clock, writeTimeoutMs, reports } = this.#options;
    const controller = new AbortController();
    const result = sink.write(batch, {
      signal: controller.signal,
      dropped: (points, reason) => {
        reports.dropped(sink.name, reason, points);
      },
    });
    if (result === undefined) return undefined;
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const timer = setIdleTimeout(
      clock,
      () => {
        const timeout = new DOMException(`Sink "${sink.name}" took longer than ${writeTimeoutMs} ms`, "TimeoutError");
        controller.abort(timeout);
        reject(timeout);
      },
      writeTimeoutMs,
    );
    return Promise.race([result, tooLate]).finally(() => {
      clock.clearTimeout(timer);
    });
  }

  #failed(batch: Batch, error: unknown): void {
    const { sink, clock, random, reports } = this.#options;
    this.#failures++;
    const inPart = isUnsentPointsError(error);
    this.#lastError = errorName(inPart ? error.cause : error);
    reports.failed(sink.name, this.#lastError);
    this.#takeBack(inPart ? { ...batch, points: error.unsent } : batch);
    // Between half the pause and all of it: the sinks of a fleet must not come back together.
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1)) * (0.5 + random() / 2);
    this.#notBefore = clock.monotonic() + pauseMs;
    if (this.#closed) return;
    clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = setIdleTimeout(clock, () => void this.drain(), Math.ceil(pauseMs));
  }

  /** Queues what could not be written, before everything newer. */
  #takeBack(batch: Batch): void {
    if (batch.points.length === 0) return;
    this.#pending.unshift(batch);
    this.#pendingPoints += batch.points.length;
    this.#makeRoom();
  }

  #makeRoom(): void {
    const { maxPendingPoints, reports, sink } = this.#options;
    while (this.#pendingPoints > maxPendingPoints) {
      const oldest = this.#pending[0]!;
      const excess = this.#pendingPoints - maxPendingPoints;
      const removed = Math.min(excess, oldest.points.length);
      if (removed === oldest.points.length) this.#pending.shift();
      else this.#pending[0] = { ...oldest, points: oldest.points.slice(removed) };
      this.#pendingPoints -= removed;
      reports.dropped(sink.name, "queue-full", removed);
    }
  }
}
