import { number, text, texts } from "../protocol/members.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { Operation } from "../server/service.ts";
import { cloudWatchError } from "./cloudwatch-error.ts";
import { requiredTime } from "./get-metric-data.ts";
import { readMetric } from "./metric-stat.ts";
import type { MetricStore } from "./metric-store.ts";
import { alignedWindow, checkPeriod } from "./periods.ts";
import { statistic } from "./statistic.ts";

const mostDatapoints = 1_440;

/** Datapoints with several statistics each; at most 1,440, in no order that may be relied on. */
export function getMetricStatistics(metrics: MetricStore): Operation {
  return (input, call) => {
    const { namespace, name, dimensions } = readMetric(input);
    const periodMs = checkPeriod(number(input, "Period"));
    const window = alignedWindow(requiredTime(input, "StartTime"), requiredTime(input, "EndTime"), periodMs);
    const possible = Math.ceil((window.toMs - window.fromMs) / periodMs);
    if (possible > mostDatapoints) {
      throw cloudWatchError(
        "InvalidParameterCombinationException",
        `You have requested up to ${possible} datapoints, which exceeds the limit of ${mostDatapoints}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      );
    }
    const plain = texts(input, "Statistics") ?? [];
    const extended = texts(input, "ExtendedStatistics") ?? [];
    if (plain.length + extended.length === 0) {
      throw cloudWatchError(
        "InvalidParameterCombinationException",
        "At least one of Statistics and ExtendedStatistics is required.",
      );
    }
    const unit = text(input, "Unit");
    const buckets = metrics.find(call, namespace, name, dimensions)?.between(window.fromMs, window.toMs, unit) ?? [];
    const groups = Map.groupBy(
      buckets,
      (bucket) => `${bucket.startMs - ((bucket.startMs - window.fromMs) % periodMs)}/${bucket.unit}`,
    );
    const Datapoints = [...groups].map(([key, group]) => ({
      Timestamp: new Timestamp(Number(key.slice(0, key.indexOf("/")))),
      ...Object.fromEntries(plain.map((stat) => [stat, statistic(stat)(group)])),
      ...(extended.length > 0
        ? { ExtendedStatistics: Object.fromEntries(extended.map((stat) => [stat, statistic(stat)(group)])) }
        : {}),
      Unit: group[0]!.unit,
    }));
    return { Label: name, Datapoints };
  };
}
