import { isStructure, number, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { cloudWatchError } from "./cloudwatch-error.ts";
import { type Dimension, readDimensions } from "./dimension.ts";
import { checkPeriod } from "./periods.ts";
import { statistic } from "./statistic.ts";

/** Which metric, over which period, by which statistic. */
export interface MetricStat {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  readonly periodMs: number;
  readonly statistic: string;
  readonly unit: string | undefined;
}

/** `MetricStat` of a query. */
export function readMetricStat(input: Fields): MetricStat {
  const metric = isStructure(input.Metric) ? input.Metric : {};
  const stat = text(input, "Stat") ?? "";
  statistic(stat);
  return {
    ...readMetric(metric),
    periodMs: checkPeriod(number(input, "Period")),
    statistic: stat,
    unit: text(input, "Unit"),
  };
}

export function readMetric(input: Fields): Pick<MetricStat, "namespace" | "name" | "dimensions"> {
  const namespace = text(input, "Namespace");
  const name = text(input, "MetricName");
  if (namespace === undefined || name === undefined) {
    throw cloudWatchError("MissingRequiredParameterException", "A metric needs both Namespace and MetricName.");
  }
  return { namespace, name, dimensions: readDimensions(input, "") };
}
