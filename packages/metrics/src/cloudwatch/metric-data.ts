import type { HistogramData } from "../log-histogram.ts";
import { type Unit, unitOf } from "../metric-definition.ts";
import type { Batch, Measurement, Point } from "../point.ts";
import { pascalCase } from "../spelling.ts";
import { cloudWatchText } from "./cloudwatch-text.ts";

/** Different values in one datum, at most. */
export const mostValues = 150;

/** How distributions and timers are sent: with percentiles, or as count, sum and extremes, which is shorter. */
export type DistributionForm = "values" | "statistics";

/** The part of the SDK's `MetricDatum` that is sent. */
export interface MetricDatum {
  readonly MetricName: string;
  readonly Dimensions: { readonly Name: string; readonly Value: string }[];
  readonly Timestamp: Date;
  readonly Unit: Unit;
  readonly StorageResolution?: number;
  readonly Value?: number;
  readonly Values?: number[];
  readonly Counts?: number[];
  readonly StatisticValues?: {
    readonly SampleCount: number;
    readonly Sum: number;
    readonly Minimum: number;
    readonly Maximum: number;
  };
}

type DatumValue = Pick<MetricDatum, "Value" | "Values" | "Counts" | "StatisticValues">;

/** One point as CloudWatch data: one, or more if it holds more than 150 different values. */
export function metricData(batch: Batch, point: Point, timestamp: Date, form: DistributionForm): MetricDatum[] {
  const shape = {
    MetricName: pascalCase(point.metric),
    Dimensions: dimensionsOf(batch.dimensions, point.dimensions),
    Timestamp: timestamp,
    Unit: unitOf(point.definition),
    ...(point.definition.resolutionSeconds === 1 ? { StorageResolution: 1 } : {}),
  };
  return datumValues(point.measurement, form).map((value) => ({ ...shape, ...value }));
}

// A series has the same dimensions, one object, for as long as it lives; and the metrics around it the same constant ones.
const spelledByDimensions = new WeakMap<object, MetricDatum["Dimensions"]>();

function dimensionsOf(
  constant: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): MetricDatum["Dimensions"] {
  let spelled = spelledByDimensions.get(own);
  if (spelled === undefined) {
    spelled = cloudWatchDimensions(constant, own);
    spelledByDimensions.set(own, spelled);
  }
  return spelled;
}

/** The constant dimensions and those of a point, spelled and escaped as CloudWatch takes them. */
export function cloudWatchDimensions(
  constant: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): { Name: string; Value: string }[] {
  return [...Object.entries(constant), ...Object.entries(own)].map(([name, value]) => ({
    Name: pascalCase(name),
    Value: cloudWatchText(value),
  }));
}

function datumValues(measurement: Measurement, form: DistributionForm): DatumValue[] {
  switch (measurement.kind) {
    case "sum":
      return [{ Value: measurement.sum }];
    case "gauge":
      return [measurement.count === 1 ? { Value: measurement.sum } : statistics(measurement)];
    case "histogram":
      return form === "statistics" ? [statistics(measurement.histogram)] : valueSlices(measurement.histogram);
  }
}

function statistics(of: {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}): DatumValue {
  return { StatisticValues: { SampleCount: of.count, Sum: of.sum, Minimum: of.min, Maximum: of.max } };
}

function valueSlices({ values, counts }: HistogramData): DatumValue[] {
  const slices: DatumValue[] = [];
  for (let at = 0; at < values.length; at += mostValues) {
    slices.push({ Values: values.slice(at, at + mostValues), Counts: counts.slice(at, at + mostValues) });
  }
  return slices;
}
