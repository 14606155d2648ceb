import type { DimensionValue } from "../dimension-text.ts";
import type { MetricDefinitions } from "../metric-definition.ts";
import type { Metrics } from "../metrics.ts";
import { assertKnownOptions } from "../options.ts";

/** `MetricsRecorder` of `@smithy/types`, structurally: what `client.send(command, { metricsRecorder })` takes. */
export interface MetricsRecorder<Native = unknown> {
  begin(): void;
  end(): void;
  recordRequestOutcome(outcome: "Success" | "Fault", durationMs: number): void;
  addCount(name: string, value: number): void;
  addTime(name: string, value: number): void;
  addLevel(name: string, value: number, unit?: string): void;
  addMetric(name: string, value: number, unit?: string): void;
  addRatio(name: string, value: number): void;
  setProperty(name: string, value: string | null | undefined): void;
  getMetrics(): Native;
}

export interface MetricsRecorderOptions<Definitions extends MetricDefinitions> {
  readonly metrics: Metrics<Definitions>;
  /** Dimensions of everything it records, where the metric has them; `setProperty` adds to them. */
  readonly dimensions?: Readonly<Record<string, DimensionValue>> | undefined;
}

type Recording = (value: number, dimensions: Readonly<Record<string, DimensionValue>>) => void;

/**
 * A recorder for one request in the SDK's own shape, that records into metrics: a name is that of a metric in the definitions, in any case
 * (`Attempts` is `attempts`), and one that is not there, or is of another kind, is not recorded. The outcome goes to the timer `requestDuration` with the
 * dimension `outcome`, if the definitions have it.
 */
export function metricsRecorder<Definitions extends MetricDefinitions>(
  options: MetricsRecorderOptions<Definitions>,
): MetricsRecorder<Metrics<Definitions>> {
  assertKnownOptions("metricsRecorder()", options, { metrics: 0, dimensions: 0 });
  const { metrics, dimensions = {} } = options;
  let properties: Readonly<Record<string, DimensionValue>> = dimensions;
  const record = (method: "add" | "set" | "record", name: string, value: number, extra = {}) => {
    const instruments: object = metrics.instruments;
    const instrument = (instruments as Readonly<Record<string, Partial<Record<string, Recording>>>>)[camelCase(name)];
    instrument?.[method]?.(value, { ...properties, ...extra });
  };
  return {
    begin() {},
    end() {},
    recordRequestOutcome(outcome, durationMs) {
      record("record", "requestDuration", durationMs, { outcome: outcome === "Success" ? "success" : "failure" });
    },
    addCount: (name, value) => record("add", name, value),
    addTime: (name, value) => record("record", name, value),
    addLevel: (name, value) => record("set", name, value),
    addMetric: (name, value) => record("record", name, value),
    addRatio: (name, value) => record("record", name, value),
    setProperty(name, value) {
      const { [camelCase(name)]: _, ...others } = properties;
      properties = value == null || value === "" ? others : { ...others, [camelCase(name)]: value };
    },
    getMetrics: () => metrics,
  };
}

function camelCase(name: string): string {
  return (
    name.charAt(0).toLowerCase() +
    name.slice(1).replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string = "") => next.toUpperCase())
  );
}
