import { type Clock, setIdleTimeout, systemClock, type Timer } from "./clock.ts";
import { mostDimensions } from "./define-metrics.ts";
import { type DimensionValue, dimensionText } from "./dimension-text.ts";
import type { Instruments } from "./instruments.ts";
import { type Logger, silentLogger } from "./logger.ts";
import { type InstrumentSet, makeInstruments } from "./make-instruments.ts";
import type { MetricDefinition, MetricDefinitions } from "./metric-definition.ts";
import { OptionError } from "./option-error.ts";
import { assertInteger, assertText } from "./options.ts";
import type { Batch } from "./point.ts";
import { selfMetrics } from "./self-metrics.ts";
import type { Sink } from "./sink.ts";
import { SinkDelivery, type SinkHealth } from "./sink-delivery.ts";

export interface MetricsOptions<Definitions extends MetricDefinitions> {
  /** What can be recorded, from `defineMetrics`. Several are joined by spreading them. */
  readonly definitions: Definitions;
  /** CloudWatch's namespace, and the first word of names elsewhere: letters, digits, `.-_/#:`, not beginning with `AWS/`. */
  readonly namespace: string;
  /** Put behind the namespace, so that environments do not mix: `Replicator` and `prod` make `Replicator/prod`. Default none. */
  readonly environment?: string | undefined;
  /** Constant dimensions of every series and every rollup, names in camelCase. Default none. */
  readonly dimensions?: Readonly<Record<string, DimensionValue>> | undefined;
  readonly sinks: readonly Sink[];
  /**
   * What is worth its price: asked once for each metric. `false` leaves the metric out; a list of names keeps only these of its
   * dimensions, and adds up over the others. Default keeps everything.
   */
  readonly filter?: ((name: string, definition: MetricDefinition) => boolean | readonly string[]) | undefined;
  /** Whether anything is recorded. Default: unless the environment variable `ENABLE_METRICS` is false, 0, no or off. */
  readonly enabled?: boolean | undefined;
  /** Milliseconds between two flushes; the first comes after a random part of it. Default 60,000: CloudWatch's resolution. */
  readonly flushIntervalMs?: number | undefined;
  /** Flushes earlier once so many series have changed, but not before a tenth of the interval is over. Default 1,000: one CloudWatch request. */
  readonly flushAtSeries?: number | undefined;
  /** Series of one metric, at most; what comes on top is recorded in one series whose dimensions are "(other)". Default 1,000. */
  readonly maxSeriesPerMetric?: number | undefined;
  /** Points that wait for one sink, at most; the oldest make room. Default 20,000. */
  readonly maxPendingPoints?: number | undefined;
  /** Forgets a series that was not recorded for so long, unless it is held by `with(…)`. Default 900,000 ms. */
  readonly forgetAfterMs?: number | undefined;
  /** How long one write of one sink may take, in milliseconds. Default 10,000. */
  readonly writeTimeoutMs?: number | undefined;
  /** Flush, and then let the signal do what it does without us. Default none; servers and Lambda extensions want `["SIGTERM"]`. */
  readonly flushOnSignals?: readonly NodeJS.Signals[] | undefined;
  readonly clock?: Clock | undefined;
  /** In [0, 1): the phase of the flushes and the jitter of pauses. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Told of failing sinks, by error code alone. Default silent. */
  readonly logger?: Logger | undefined;
}

/** How recording and delivery are going. */
export interface MetricsHealth {
  readonly enabled: boolean;
  /** Series kept in memory. */
  readonly series: number;
  readonly sinks: readonly SinkHealth[];
}

/** Records and delivers the metrics of some definitions. Recording never throws, blocks or awaits. */
export interface Metrics<Definitions extends MetricDefinitions> extends AsyncDisposable {
  /** What records each metric, by name. */
  readonly instruments: Instruments<Definitions>;
  /** The definitions, with those of {@link selfMetrics}: give them to alarms and dashboards. */
  readonly definitions: MetricDefinitions;
  /** The namespace, with the environment. */
  readonly namespace: string;
  /** The constant dimensions. */
  readonly dimensions: Readonly<Record<string, string>>;
  health(): MetricsHealth;
  /** Delivers what was recorded. Resolves when each sink has taken it or failed; never rejects. */
  flush(): Promise<void>;
  /** Delivers once more and closes the sinks; what they do not take is dropped. Never rejects; recording afterwards does nothing. */
  close(): Promise<void>;
}

/**
 * Begins to collect metrics for some sinks.
 *
 * @throws OptionError on a namespace or dimension that a sink would refuse, a dimension used twice, or an option out of range.
 */
export function createMetrics<const Definitions extends MetricDefinitions>(
  options: MetricsOptions<Definitions>,
): Metrics<Definitions> {
  return new Collector(options);
}

class Collector<Definitions extends MetricDefinitions> implements Metrics<Definitions> {
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
  readonly #signals: readonly NodeJS.Signals[];
  readonly #onSignal = (signal: NodeJS.Signals) => void this.#flushAndYield(signal);
  #changedSeries = 0;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #startedAt: number;
  #timer: Timer | undefined;
  #soon: Timer | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: MetricsOptions<Definitions>) {
    const { clock = systemClock, random = Math.random, logger = silentLogger } = options;
    const { flushIntervalMs = 60_000, flushAtSeries = 1_000, forgetAfterMs = 900_000 } = options;
    const { maxSeriesPerMetric = 1_000, maxPendingPoints = 20_000, writeTimeoutMs = 10_000 } = options;
    assertInteger("flushIntervalMs", flushIntervalMs, 1);
    assertInteger("flushAtSeries", flushAtSeries, 1);
    assertInteger("forgetAfterMs", forgetAfterMs, 1);
    assertInteger("maxSeriesPerMetric", maxSeriesPerMetric, 1);
    assertInteger("maxPendingPoints", maxPendingPoints, 1);
    assertInteger("writeTimeoutMs", writeTimeoutMs, 1);
    this.namespace = namespaceOf(options);
    this.definitions = filtered({ ...options.definitions, ...selfMetrics }, options.filter);
    this.dimensions = constantDimensions(options.dimensions ?? {}, this.definitions);
    this.#enabled = options.enabled ?? enabledByEnvironment();
    this.#clock = clock;
    this.#logger = logger;
    this.#flushIntervalMs = flushIntervalMs;
    this.#flushAtSeries = flushAtSeries;
    this.#forgetAfterMs = forgetAfterMs;
    this.#startedAt = clock.now();
    this.#set = makeInstruments({ ...options.definitions, ...selfMetrics }, this.definitions, {
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
    this.#signals = this.#enabled ? (options.flushOnSignals ?? []) : [];
    for (const signal of this.#signals) process.on(signal, this.#onSignal);
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
        this.#logger.warn("Metrics were dropped", { sink: name, reason, points });
      },
      failed: (name: string, error: string) => {
        this.#self.metricsSinkFailures.add(1, { sink: name, error });
        this.#logger.warn("A sink did not take metrics; they are kept and tried again", { sink: name, error });
      },
    };
    const delivery = new SinkDelivery({ sink, clock: this.#clock, reports, ...limits });
    this.#self.metricsSinkDelay.observe(() => delivery.delayMs, { sink: sink.name });
    const { namespace, definitions } = this;
    sink.attach?.({ namespace, definitions, collect: () => this.#collectFor(delivery) });
    return delivery;
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
    for (const signal of this.#signals) process.off(signal, this.#onSignal);
    const batch = this.#collect();
    this.#set.mute();
    await Promise.all(
      this.#deliveries.map((delivery) => {
        delivery.offer(batch);
        return delivery.close();
      }),
    );
  }

  async #flushAndYield(signal: NodeJS.Signals): Promise<void> {
    await this.#flush(true);
    for (const name of this.#signals) process.off(name, this.#onSignal);
    // Without another listener the process would have ended: let it end, now that the metrics are out.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    else for (const name of this.#signals) process.on(name, this.#onSignal);
  }
}

function namespaceOf({ namespace, environment }: MetricsOptions<MetricDefinitions>): string {
  const pattern = /^(?!AWS\/)[A-Za-z0-9][A-Za-z0-9.\-_/#:]{0,199}$/;
  const expected = "1 to 200 letters, digits or .-_/#: that do not begin with AWS/, as CloudWatch takes";
  assertText("namespace", namespace, pattern, expected);
  if (environment === undefined) return namespace;
  assertText("environment", environment, /^[A-Za-z0-9.\-_]{1,50}$/, "1 to 50 letters, digits or .-_");
  return `${namespace}/${environment}`;
}

function constantDimensions(
  given: Readonly<Record<string, DimensionValue>>,
  definitions: MetricDefinitions,
): Readonly<Record<string, string>> {
  const names = Object.keys(given);
  for (const name of names) assertText("dimensions", name, /^[a-z][A-Za-z0-9]{0,99}$/, "names in camelCase");
  for (const [metric, { dimensions = [] }] of Object.entries(definitions)) {
    if (names.includes(metric)) throw new OptionError("dimensions", "named unlike any metric", metric);
    const twice = dimensions.find((name) => names.includes(name));
    if (twice !== undefined)
      throw new OptionError("dimensions", `without "${twice}", which ${metric} has of its own`, twice);
    if (dimensions.length + names.length > mostDimensions) {
      throw new OptionError(
        "dimensions",
        `few enough: with those of ${metric} at most ${mostDimensions}`,
        names.length,
      );
    }
  }
  return Object.fromEntries(names.map((name) => [name, dimensionText(given[name])]));
}

function filtered(
  definitions: MetricDefinitions,
  filter: MetricsOptions<MetricDefinitions>["filter"],
): MetricDefinitions {
  if (filter === undefined) return definitions;
  const kept = Object.entries(definitions).flatMap(([name, definition]) => {
    const answer = filter(name, definition);
    if (answer === false) return [];
    return [[name, answer === true ? definition : withDimensions(definition, answer)] as const];
  });
  return Object.fromEntries(kept);
}

function withDimensions(definition: MetricDefinition, keep: readonly string[]): MetricDefinition {
  const dimensions = (definition.dimensions ?? []).filter((name) => keep.includes(name));
  const rollups = (definition.rollups ?? [[]]).filter((rollup) => rollup.every((name) => dimensions.includes(name)));
  return { ...definition, dimensions, rollups };
}

function enabledByEnvironment(): boolean {
  return !/^(?:false|0|no|off)$/i.test(process.env.ENABLE_METRICS ?? "");
}
