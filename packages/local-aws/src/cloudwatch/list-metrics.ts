import { structures, text } from "../protocol/members.ts";
import type { Operation } from "../server/service.ts";
import type { MetricStore } from "./metric-store.ts";
import { pageFrom } from "./page-from.ts";

const pageSize = 500;
const recentMs = 3 * 3_600_000;
const shownMs = 14 * 86_400_000;

/** The metrics that had data in the last two weeks, 500 at a time. A dimension filter without a value fits any. */
export function listMetrics(metrics: MetricStore): Operation {
  return (input, call) => {
    const namespace = text(input, "Namespace");
    const name = text(input, "MetricName");
    const filters = (structures(input, "Dimensions") ?? []).map((filter) => ({
      Name: text(filter, "Name"),
      Value: text(filter, "Value"),
    }));
    const since = call.now - (text(input, "RecentlyActive") === "PT3H" ? recentMs : shownMs);
    const found = metrics
      .list(call)
      .filter(
        (series) =>
          series.lastSentAt >= since &&
          (namespace === undefined || series.namespace === namespace) &&
          (name === undefined || series.name === name) &&
          filters.every(({ Name, Value }) =>
            series.dimensions.some((one) => one.Name === Name && (Value === undefined || one.Value === Value)),
          ),
      );
    const { items, NextToken } = pageFrom(input, found, { sizeMember: "PageSize", most: pageSize });
    return {
      Metrics: items.map((series) => ({
        Namespace: series.namespace,
        MetricName: series.name,
        Dimensions: series.dimensions,
      })),
      NextToken,
    };
  };
}
