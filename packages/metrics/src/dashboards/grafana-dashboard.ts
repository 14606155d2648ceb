import type { MetricsDescription } from "../alarms/alarm-definition.ts";
import type { MetricDefinition } from "../metric-definition.ts";
import { assertKnownOptions, assertText } from "../options.ts";
import { prometheusLabel, prometheusName, prometheusPrefix } from "../prometheus/prometheus-names.ts";
import { pascalCase } from "../spelling.ts";

export interface GrafanaDashboardOptions {
  readonly title: string;
  /** As given to `prometheusSink`. Default: the namespace. */
  readonly prefix?: string | undefined;
}

/** A Grafana dashboard on Prometheus, as data: import it through `JSON.stringify`. It asks which data source to use. */
export interface GrafanaDashboard {
  readonly title: string;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly time: { readonly from: string; readonly to: string };
  readonly refresh: string;
  readonly templating: { readonly list: readonly Readonly<Record<string, unknown>>[] };
  readonly panels: readonly GrafanaPanel[];
}

export interface GrafanaPanel {
  readonly id: number;
  readonly type: "timeseries";
  readonly title: string;
  readonly description: string;
  readonly datasource: { readonly type: "prometheus"; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: { readonly defaults: { readonly unit: string }; readonly overrides: readonly never[] };
  readonly targets: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
}

const grafanaUnits: Readonly<Record<string, string>> = {
  _seconds: "s",
  _bytes: "bytes",
  _per_second: "reqps",
  _ratio: "percentunit",
};

/**
 * One graph for each metric: its aggregate, and each series of the full form.
 *
 * @throws OptionError without a title, or on an option that it does not have.
 */
export function grafanaDashboard(
  { namespace, dimensions, definitions }: MetricsDescription,
  options: GrafanaDashboardOptions,
): GrafanaDashboard {
  assertKnownOptions("grafanaDashboard()", options, { title: 0, prefix: 0 });
  const { title, prefix = prometheusPrefix(namespace) } = options;
  assertText("title", title, /\S/, "a title");
  const matchers = Object.entries(dimensions).map(
    ([name, value]) => `${prometheusLabel(name)}=${JSON.stringify(value)}`,
  );
  const panels = Object.entries(definitions).map(([metric, definition], at): GrafanaPanel => {
    const { name } = prometheusName(prefix, metric, definition);
    return {
      id: at + 1,
      type: "timeseries",
      title: pascalCase(metric),
      description: definition.description,
      datasource: { type: "prometheus", uid: "$datasource" },
      gridPos: { x: (at % 2) * 12, y: Math.floor(at / 2) * 8, w: 12, h: 8 },
      fieldConfig: { defaults: { unit: unitOfName(name) }, overrides: [] },
      targets: targetsOf(prefix, metric, definition, matchers.join(",")),
    };
  });
  return {
    title,
    schemaVersion: 39,
    tags: ["holdfast"],
    time: { from: "now-3h", to: "now" },
    refresh: "30s",
    templating: { list: [{ name: "datasource", type: "datasource", query: "prometheus" }] },
    panels,
  };
}

function targetsOf(
  prefix: string,
  metric: string,
  definition: MetricDefinition,
  matchers: string,
): GrafanaPanel["targets"] {
  const { name, type } = prometheusName(prefix, metric, definition);
  const labels = (definition.dimensions ?? []).map(prometheusLabel);
  const by = labels.length > 0 ? ` by (${labels.join(", ")})` : "";
  const each = labels.map((label) => `{{${label}}}`).join(" ");
  const selector = (suffix: string) => `${name}${suffix}{${matchers}}`;
  if (type === "histogram") {
    const quantile = (ratio: number) =>
      `histogram_quantile(${ratio}, sum by (le) (rate(${selector("_bucket")}[$__rate_interval])))`;
    return [
      { refId: "A", expr: quantile(0.5), legendFormat: "all p50" },
      { refId: "B", expr: quantile(0.99), legendFormat: "all p99" },
    ];
  }
  const value = type === "counter" ? `rate(${selector("")}[$__rate_interval])` : selector("");
  const join = type === "counter" ? "sum" : "max";
  const all = { refId: "A", expr: `${join}(${value})`, legendFormat: "all" };
  return labels.length === 0 ? [all] : [all, { refId: "B", expr: `${join}${by} (${value})`, legendFormat: each }];
}

function unitOfName(name: string): string {
  return Object.entries(grafanaUnits).find(([suffix]) => name.endsWith(suffix))?.[1] ?? "short";
}
