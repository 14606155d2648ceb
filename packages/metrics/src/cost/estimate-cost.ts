import type { AlarmDefinitions, MetricsDescription } from "../alarms/alarm-definition.ts";
import type { MetricDefinition } from "../metric-definition.ts";
import { assertInteger, assertKnownOptions } from "../options.ts";
import { type CloudWatchPrices, cloudWatchPrices, type PriceTier } from "./cloudwatch-prices.ts";

export interface EstimateCostOptions {
  /** How many values each dimension takes, by its name, e.g. `{ destinationRegion: 3 }`. One not named takes 1. */
  readonly valuesPerDimension?: Readonly<Record<string, number>> | undefined;
  /** Processes that send at the same time; they share series, unless a constant dimension tells them apart. Default 1. */
  readonly processes?: number | undefined;
  /** As given to `createMetrics`. Default 60,000. */
  readonly flushIntervalMs?: number | undefined;
  readonly alarms?: AlarmDefinitions | undefined;
  /** Default 0. */
  readonly dashboards?: number | undefined;
  /** Default {@link cloudWatchPrices}. */
  readonly prices?: CloudWatchPrices | undefined;
}

/** A month of CloudWatch, in US dollars, without the free tier. */
export interface CostEstimate {
  readonly series: number;
  readonly requests: number;
  readonly metricsCost: number;
  readonly requestsCost: number;
  readonly alarmsCost: number;
  readonly dashboardsCost: number;
  readonly monthlyCost: number;
  /** The date of the prices. */
  readonly pricesAsOf: string;
  /** Series by metric, the most expensive first: what to filter. */
  readonly seriesByMetric: Readonly<Record<string, number>>;
}

const optionNames = {
  valuesPerDimension: 0,
  processes: 0,
  flushIntervalMs: 0,
  alarms: 0,
  dashboards: 0,
  prices: 0,
};

const monthMs = 730 * 3_600_000; // as AWS counts a month
const seriesPerRequest = 1_000;

/**
 * What the CloudWatch sink would cost a month if every series were there all the time. An upper bound: CloudWatch counts a series
 * only for the hours in which it was sent.
 *
 * @throws OptionError on a number of values that is not an integer ≥ 1, or on an option that it does not have.
 */
export function estimateCost(
  { definitions }: Pick<MetricsDescription, "definitions">,
  options: EstimateCostOptions = {},
): CostEstimate {
  assertKnownOptions("estimateCost()", options, optionNames);
  const { valuesPerDimension = {}, processes = 1, flushIntervalMs = 60_000, alarms = {}, dashboards = 0 } = options;
  const { prices = cloudWatchPrices } = options;
  for (const [name, values] of Object.entries({ ...valuesPerDimension, processes, flushIntervalMs })) {
    assertInteger(name, values, 1);
  }
  assertInteger("dashboards", dashboards, 0);
  const counted = Object.entries(definitions).map(
    ([name, definition]) => [name, seriesOf(definition, valuesPerDimension)] as const,
  );
  const series = counted.reduce((sum, [, count]) => sum + count, 0);
  const requests = Math.ceil((monthMs / flushIntervalMs) * Math.ceil(series / seriesPerRequest) * processes);
  const metricsCost = tiered(series, prices.metrics);
  const requestsCost = (requests / 1_000) * prices.thousandRequests;
  const alarmsCost = Object.values(alarms).reduce(
    (sum, { periodSeconds }) => sum + (periodSeconds < 60 ? prices.fastAlarm : prices.alarm),
    0,
  );
  const dashboardsCost = dashboards * prices.dashboard;
  return {
    series,
    requests,
    metricsCost,
    requestsCost,
    alarmsCost,
    dashboardsCost,
    monthlyCost: metricsCost + requestsCost + alarmsCost + dashboardsCost,
    pricesAsOf: prices.asOf,
    seriesByMetric: Object.fromEntries(counted.toSorted(([, a], [, b]) => b - a)),
  };
}

/** The full form and every coarser one. */
function seriesOf(
  { dimensions = [], rollups = [[]] }: MetricDefinition,
  values: Readonly<Record<string, number>>,
): number {
  const coarser = rollups.filter((rollup) => rollup.length < dimensions.length);
  return [dimensions, ...coarser].reduce(
    (sum, form) => sum + form.reduce((product, name) => product * (values[name] ?? 1), 1),
    0,
  );
}

function tiered(units: number, tiers: readonly PriceTier[]): number {
  let cost = 0;
  let below = 0;
  for (const { upTo, perUnit } of tiers) {
    cost += Math.max(0, Math.min(units, upTo) - below) * perUnit;
    below = upTo;
  }
  return cost;
}
