import { cloudWatchText } from "../cloudwatch/cloudwatch-text.ts";
import { unitOf } from "../metric-definition.ts";
import type { Batch, Measurement, Point } from "../point.ts";
import { pascalCase } from "../spelling.ts";

/** Values of one metric in one document, at most. */
export const mostValues = 100;
/** Metrics in one directive, at most. */
export const mostMetrics = 100;
/** Characters of a document, at most. The limit of a log event was 256 KiB before it was 1 MB; agents still cut at the former. */
export const mostCharacters = 256_000;

/** An embedded-metric-format document. */
export interface EmfDocument {
  readonly _aws: { readonly Timestamp: number; readonly CloudWatchMetrics: readonly EmfDirective[] };
  readonly [member: string]: unknown;
}

interface EmfDirective {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string; readonly StorageResolution?: number }[];
}

/** One metric's part of a document: at most 100 values, and the sets of dimensions under which CloudWatch keeps them. */
interface Entry {
  readonly point: Point;
  readonly values: readonly number[];
  readonly dimensionSets: readonly (readonly string[])[];
}

/**
 * A batch as EMF documents. Points of the same dimension values share a document; CloudWatch makes the rollups itself,
 * from the sets of dimensions that each directive names. What exceeds a limit of the format goes to a further document.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfDocuments(batch: Batch, timestamp: number): EmfDocument[] {
  const documents: EmfDocument[] = [];
  for (const points of byDimensionValues(batch.points)) {
    for (const entries of rounds(points, batch)) documents.push(...fitting(batch, entries, timestamp));
  }
  return documents;
}

/** Halves the entries until each document is small enough. */
function fitting(batch: Batch, entries: readonly Entry[], timestamp: number): EmfDocument[] {
  const document = toDocument(batch, entries, timestamp);
  if (entries.length === 1 || JSON.stringify(document).length <= mostCharacters) return [document];
  const half = Math.ceil(entries.length / 2);
  return [...fitting(batch, entries.slice(0, half), timestamp), ...fitting(batch, entries.slice(half), timestamp)];
}

function toDocument(batch: Batch, entries: readonly Entry[], timestamp: number): EmfDocument {
  const directives = new Map<
    string,
    { Dimensions: Entry["dimensionSets"]; Metrics: EmfDirective["Metrics"][number][] }
  >();
  const members: Record<string, unknown> = {};
  const dimensions = { ...batch.dimensions, ...entries[0]!.point.dimensions };
  for (const [name, value] of Object.entries(dimensions)) members[pascalCase(name)] = cloudWatchText(value);
  for (const { point, values, dimensionSets } of entries) {
    const key = JSON.stringify(dimensionSets);
    const directive = directives.get(key) ?? { Dimensions: dimensionSets, Metrics: [] };
    directives.set(key, directive);
    directive.Metrics.push({
      Name: pascalCase(point.metric),
      Unit: unitOf(point.definition),
      ...(point.definition.resolutionSeconds === 1 ? { StorageResolution: 1 } : {}),
    });
    members[pascalCase(point.metric)] = values.length === 1 ? values[0] : values;
  }
  const CloudWatchMetrics = [...directives.values()].map((rest) => ({ Namespace: batch.namespace, ...rest }));
  return { _aws: { Timestamp: timestamp, CloudWatchMetrics }, ...members };
}

/** Rounds of at most 100 metrics, in which no metric occurs twice: what is left of one goes to a later round. */
function rounds(points: readonly Point[], batch: Batch): Entry[][] {
  const result: Entry[][] = [];
  for (const [at, point] of points.entries()) {
    const first = Math.floor(at / mostMetrics);
    const values = valuesOf(point.measurement);
    const dimensionSets = dimensionSetsOf(point, Object.keys(batch.dimensions));
    for (let from = 0, round = first; from < values.length; from += mostValues, round += strideOf(points)) {
      const entries = result[round] ?? [];
      result[round] = entries;
      entries.push({ point, values: values.slice(from, from + mostValues), dimensionSets });
    }
  }
  return result.filter((round) => round !== undefined);
}

function strideOf(points: readonly Point[]): number {
  return Math.ceil(points.length / mostMetrics);
}

/** The full set of dimensions, then each rollup; the constant dimensions are in all of them. */
function dimensionSetsOf({ definition }: Point, constant: readonly string[]): string[][] {
  const { dimensions = [], rollups = [[]] } = definition;
  const coarser = rollups.filter((rollup) => rollup.length < dimensions.length);
  return [dimensions, ...coarser].map((names) => [...constant, ...names].map(pascalCase));
}

/** Every sample as a value of its own: the format has no way to say how often a value came. */
function valuesOf(measurement: Measurement): readonly number[] {
  if (measurement.kind !== "histogram") return [measurement.sum];
  const { values, counts } = measurement.histogram;
  return values.flatMap((value, at) => new Array<number>(counts[at]!).fill(value));
}

function byDimensionValues(points: readonly Point[]): Point[][] {
  const groups = new Map<string, Point[]>();
  for (const point of points) {
    const key = JSON.stringify(point.dimensions);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [point]);
    else group.push(point);
  }
  return [...groups.values()];
}
