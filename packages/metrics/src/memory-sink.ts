import { direct } from "./direct.ts";
import { joinBatches } from "./join-batches.ts";
import { assertInteger, assertKnownOptions } from "./options.ts";
import type { Batch, Measurement, Point } from "./point.ts";
import type { Sink } from "./sink.ts";

export interface MemorySinkOptions {
  /** Batches kept; the oldest are joined. Default 100. */
  readonly maxBatches?: number | undefined;
}

/** Keeps what was flushed, for tests and for showing at the end of a run. */
export interface MemorySink extends Sink {
  readonly batches: readonly Batch[];
  /** All points of one metric whose dimensions are as given, or include those given. */
  points(metric: string, dimensions?: Readonly<Record<string, string>>): readonly Point[];
  /**
   * A counter's sum, the sum of a distribution, or the sum of a gauge's last values, over every series whose dimensions
   * include those given. 0 if nothing was recorded.
   */
  total(metric: string, dimensions?: Readonly<Record<string, string>>): number;
  clear(): void;
}

/**
 * A sink that keeps batches in memory.
 *
 * @throws OptionError if `maxBatches` is not an integer ≥ 1, or on an option that it does not have.
 */
export function memorySink(options: MemorySinkOptions = {}): MemorySink {
  assertKnownOptions("memorySink()", options, { maxBatches: 0 });
  const { maxBatches = 100 } = options;
  assertInteger("maxBatches", maxBatches, 1);
  const batches: Batch[] = [];
  const points = (metric: string, dimensions: Readonly<Record<string, string>> = {}): readonly Point[] =>
    batches
      .flatMap((batch) => batch.points)
      .filter((point) => point.metric === metric && includes(point.dimensions, dimensions));
  return {
    name: "memory",
    delivery: direct,
    batches,
    points,
    write(batch) {
      batches.push(batch);
      if (batches.length > maxBatches) batches.splice(0, 2, joinBatches(batches[0], batches[1]!));
    },
    total(metric, dimensions) {
      const found = points(metric, dimensions);
      const last = found.filter((point, at) => point.measurement.kind !== "gauge" || isLast(found, at));
      return last.reduce((sum, { measurement }) => sum + sumOf(measurement), 0);
    },
    clear() {
      batches.length = 0;
    },
  };
}

function includes(all: Readonly<Record<string, string>>, some: Readonly<Record<string, string>>): boolean {
  return Object.entries(some).every(([name, value]) => all[name] === value);
}

function isLast(points: readonly Point[], at: number): boolean {
  return !points.slice(at + 1).some((later) => includes(later.dimensions, points[at]!.dimensions));
}

function sumOf(measurement: Measurement): number {
  return measurement.kind === "histogram" ? measurement.histogram.sum : measurement.sum;
}
