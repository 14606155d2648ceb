import { type Clock, setIdleTimeout, systemClock, type Timer } from "./clock.ts";
import { constantDimensions } from "./constant-dimensions.ts";
import { defineMetrics } from "./define-metrics.ts";
import { filterDefinitions } from "./filter-definitions.ts";
import type { Instruments } from "./instruments.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { type InstrumentSet, makeInstruments } from "./make-instruments.ts";
import type { MetricDefinitions } from "./metric-definition.ts";
import type { Metrics, MetricsHealth } from "./metrics.ts";
import { metricsOptionNames } from "./metrics-option-names.ts";
import type { MetricsOptions } from "./metrics-options.ts";
import { namespaceOf } from "./namespace.ts";
import { OptionError } from "./option-error.ts";
import { assertInteger, assertKnownOptions } from "./options.ts";
import type { Batch } from "./point.ts";
import { selfMetrics } from "./self-metrics.ts";
import { SignalFlush } from "./signal-flush.ts";
import type { Sink } from "./sink.ts";
import { SinkDelivery } from "./sink-delivery.ts";

/** What `createMetrics` returns: collects from the series at each flush, and hands the batch to every sink's delivery. */
export class Collector<Definitions extends MetricDefinitions> implements Metrics<Definitions> {
  readonly instruments: Instruments<Definitions>;
  readonly definitions: MetricDefinitions;
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly #enabled: boolean;
  readonly #set: InstrumentSet;
  readonly #self: Instruments<typeof selfMetrics>;
  readonly #deliveries: readonly SinkDelivery[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #flushIntervalMs: number;
  readonly #flushAtSeries: number;
  readonly #forgetAfterMs: number;
  readonly #signals: SignalFlush;
  #changedSeries = 0;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #startedAt: number;
  #timer: Timer | undefined;
  #soon: Timer | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: MetricsOptions<Definitions>) {
    assertKnownOptions("createMetrics()", options, metricsOptionNames);
    assertSinks(options.sinks);
    const { clock = systemClock, random = Math.random, logger = silentLogger } = options;
    const { flushIntervalMs = 60_000, flushAtSeries = 1_000, forgetAfterMs = 900_000 } = options;
    const { maxSeriesPerMetric = 1_000, maxPendingPoints = 20_000, writeTimeoutMs = 10_000 } = options;
    assertInteger("flushIntervalMs", flushIntervalMs, 1);
    assertInteger("flushAtSeries", flushAtSeries, 1);
    assertInteger("forgetAfterMs", forgetAfterMs, 1);
    assertInteger("maxSeriesPerMetric", maxSeriesPerMetric, 1);
    assertInteger("maxPendingPoints", maxPendingPoints, 1);
    assertInteger("writeTimeoutMs", writeTimeoutMs, 1);
    const definitions = withSelfMetrics(defineMetrics(options.definitions));
    this.namespace = namespaceOf(options);
    this.definitions = filterDefinitions(definitions, options.filter);
    this.dimensions = constantDimensions(options.dimensions ?? {}, this.definitions);
    this.#enabled = options.enabled ?? enabledByEnvironment();
    this.#clock = clock;
    this.#logger = logger;
    this.#flushIntervalMs = flushIntervalMs;
    this.#flushAtSeries = flushAtSeries;
    this.#forgetAfterMs = forgetAfterMs;
    this.#startedAt = clock.now();
    this.#set = makeInstruments(definitions, this.definitions, {
      clock,
      capacity: maxSeriesPerMetric,
      muted: !this.#enabled,
      host: {
        changed: () => this.#changed(),
        refused: () => this.#self.metricsDropped.add(1, { sink: undefined, reason: "invalid" }),
        overflowed: (metric) => this.#self.metricsOverflowed.add(1, { metric }),
      },
    });
    this.instruments = this.#set.instruments as Instruments<Definitions>;
    this.#self = this.#set.instruments as Instruments<typeof selfMetrics>;
    this.#deliveries = options.sinks.map((sink) => this.#deliver(sink, { random, maxPendingPoints, writeTimeoutMs }));
    this.#signals = new SignalFlush(this.#enabled ? (options.flushOnSignals ?? []) : [], () => this.#flush(true));
    if (this.#enabled) this.#flushEvery(Math.ceil(random() * flushIntervalMs));
  }

  health(): MetricsHealth {
    return {
      enabled: this.#enabled,
      series: this.#set.size,
      sinks: this.#deliveries.map(({ health }) => health),
    };
  }

  async flush(): Promise<void> {
    if (!this.#enabled || this.#closing !== undefined) return;
    await this.#flush();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #deliver(
    sink: Sink,
    limits: { readonly random: () => number; readonly maxPendingPoints: number; readonly writeTimeoutMs: number },
  ): SinkDelivery {
    const reports = {
      dropped: (name: string, reason: string, points: number) => {
        this.#self.metricsDropped.add(points, { sink: name, reason });
        this.#warn("Metrics were dropped", { sink: name, reason, points });
      },
      failed: (name: string, error: string) => {
        this.#self.metricsSinkFailures.add(1, { sink: name, error });
        this.#warn("A sink did not take metrics; they are kept and tried again", { sink: name, error });
      },
    };
    const delivery = new SinkDelivery({ sink, clock: this.#clock, reports, ...limits });
    this.#self.metricsSinkDelay.observe(() => delivery.delayMs, { sink: sink.name });
    const { namespace, definitions } = this;
    sink.attach?.({ namespace, definitions, collect: () => this.#collectFor(delivery) });
    return delivery;
  }

  #warn(message: string, fields: Readonly<Record<string, unknown>>): void {
    try {
      this.#logger.warn(message, fields);
    } catch {
      // a logger cannot keep metrics from being delivered
    }
  }

  #flushEvery(delayMs: number): void {
    this.#timer = setIdleTimeout(
      this.#clock,
      () => {
        this.#flushEvery(this.#flushIntervalMs);
        void this.#flush();
      },
      delayMs,
    );
  }

  #changed(): void {
    if (++this.#changedSeries !== this.#flushAtSeries || this.#closing !== undefined) return;
    const earliest = this.#flushedAt + this.#flushIntervalMs / 10;
    const delayMs = Math.max(0, Math.ceil(earliest - this.#clock.monotonic()));
    this.#soon = setIdleTimeout(this.#clock, () => void this.#flush(), delayMs);
  }

  async #flush(force = false): Promise<void> {
    this.#flushedAt = this.#clock.monotonic();
    const batch = this.#collect();
    for (const delivery of this.#deliveries) delivery.offer(batch);
    await Promise.all(this.#deliveries.map((delivery) => delivery.drain(force)));
  }

  /** Hands one sink everything up to now; the others keep it for their next flush. */
  #collectFor(reader: SinkDelivery): void {
    if (!this.#enabled || this.#closing !== undefined) return;
    const batch = this.#collect();
    for (const delivery of this.#deliveries) {
      if (delivery === reader) delivery.offer(batch);
      else delivery.hold(batch);
    }
    void reader.drain();
  }

  #collect(): Batch {
    const endedAt = this.#clock.now();
    const at = this.#clock.monotonic();
    this.#changedSeries = 0;
    const points = this.#set.collect(at, at - this.#forgetAfterMs);
    const batch = {
      namespace: this.namespace,
      dimensions: this.dimensions,
      startedAt: this.#startedAt,
      endedAt,
      points,
    };
    this.#startedAt = endedAt;
    return batch;
  }

  async #close(): Promise<void> {
    this.#clock.clearTimeout(this.#timer);
    this.#clock.clearTimeout(this.#soon);
    this.#signals.stop();
    const batch = this.#collect();
    this.#set.mute();
    await Promise.all(
      this.#deliveries.map((delivery) => {
        delivery.offer(batch);
        return delivery.close();
      }),
    );
  }
}

function withSelfMetrics(definitions: MetricDefinitions): MetricDefinitions {
  const taken = Object.keys(selfMetrics).find((name) => name in definitions);
  if (taken !== undefined) throw new OptionError("definitions", "without the names of the metrics on metrics", taken);
  return { ...definitions, ...selfMetrics };
}

function enabledByEnvironment(): boolean {
  return !/^(?:false|0|no|off)$/i.test(process.env.ENABLE_METRICS ?? "");
}

function assertSinks(sinks: unknown): void {
  if (!Array.isArray(sinks)) throw new OptionError("sinks", "an array of sinks", sinks);
  for (const [index, sink] of sinks.entries()) {
    if (typeof sink?.write !== "function") throw new OptionError(`sinks[${index}]`, "a sink, with `write`", sink);
  }
}
