import type { MetricsDescription } from "../alarms/alarm-definition.ts";
import { cloudWatchDimensions } from "../cloudwatch/metric-data.ts";
import type { MetricDefinition } from "../metric-definition.ts";
import { assertInteger, assertKnownOptions, assertText } from "../options.ts";
import { pascalCase } from "../spelling.ts";

export interface CloudWatchDashboardOptions {
  readonly region: string;
  /** Seconds per point. Default 60. */
  readonly periodSeconds?: number | undefined;
}

/** The body of a CloudWatch dashboard, as data: `PutDashboard` takes it through `JSON.stringify`. */
export interface CloudWatchDashboard {
  readonly widgets: readonly CloudWatchWidget[];
}

export interface CloudWatchWidget {
  readonly type: "metric";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

const width = 12;
const height = 6;
const mostWidgets = 500; // CloudWatch's limit

/**
 * One graph for each metric: its aggregate, and a search that finds every series of the full form.
 *
 * @throws OptionError without a region, or on an option that it does not have.
 */
export function cloudWatchDashboard(
  description: MetricsDescription,
  options: CloudWatchDashboardOptions,
): CloudWatchDashboard {
  assertKnownOptions("cloudWatchDashboard()", options, { region: 0, periodSeconds: 0 });
  const { region, periodSeconds = 60 } = options;
  assertText("region", region, /\S/, "an AWS region");
  assertInteger("periodSeconds", periodSeconds, 1);
  const metrics = Object.entries(description.definitions).slice(0, mostWidgets);
  return {
    widgets: metrics.map(([name, definition], at) => ({
      type: "metric",
      x: (at % 2) * width,
      y: Math.floor(at / 2) * height,
      width,
      height,
      properties: {
        title: pascalCase(name),
        region,
        view: "timeSeries",
        stacked: false,
        period: periodSeconds,
        metrics: [
          ...aggregates(description, name, definition),
          ...searches(description, name, definition, periodSeconds),
        ],
      },
    })),
  };
}

function statisticsOf({ kind }: MetricDefinition): readonly string[] {
  if (kind === "counter") return ["Sum"];
  return kind === "gauge" ? ["Maximum"] : ["p50", "p99"];
}

function aggregates(
  { namespace, dimensions }: MetricsDescription,
  name: string,
  definition: MetricDefinition,
): unknown[] {
  const { dimensions: own = [], rollups = [[]] } = definition;
  if (own.length > 0 && !rollups.some((rollup) => rollup.length === 0)) return [];
  const pairs = cloudWatchDimensions(dimensions, {}).flatMap(({ Name, Value }) => [Name, Value]);
  return statisticsOf(definition).map((stat) => [
    namespace,
    pascalCase(name),
    ...pairs,
    { stat, label: `all ${stat}` },
  ]);
}

function searches(
  { namespace, dimensions }: MetricsDescription,
  name: string,
  definition: MetricDefinition,
  periodSeconds: number,
): unknown[] {
  const own = definition.dimensions ?? [];
  if (own.length === 0) return [];
  const schema = [...Object.keys(dimensions), ...own].map(pascalCase).join(",");
  const fixed = cloudWatchDimensions(dimensions, {}).map(
    ({ Name, Value }) => `${Name}="${Value.replaceAll('"', '\\"')}"`,
  );
  const terms = [`{"${namespace}",${schema}}`, `MetricName="${pascalCase(name)}"`, ...fixed].join(" ");
  const stat = statisticsOf(definition).at(-1);
  return [
    [{ expression: `SEARCH('${terms.replaceAll("'", "\\'")}', '${stat}', ${periodSeconds})`, id: "each", label: "" }],
  ];
}
