import { assertKnownOptions } from "../options.ts";
import { prometheusLabel, prometheusName, prometheusPrefix } from "../prometheus/prometheus-names.ts";
import { pascalCase } from "../spelling.ts";
import type { AlarmDefinition, AlarmDefinitions, MetricsDescription } from "./alarm-definition.ts";
import { ownDimensions } from "./alarm-inputs.ts";
import { defineAlarms } from "./define-alarms.ts";

export interface PrometheusRulesOptions {
  /** As given to `prometheusSink`. Default: the namespace. */
  readonly prefix?: string | undefined;
}

/** A rule file of Prometheus, as data. JSON is YAML: write it out with `JSON.stringify`. */
export interface PrometheusRules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly PrometheusRule[] }[];
}

export interface PrometheusRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Alarms as Prometheus alerting rules on the metrics that `prometheusSink` shows.
 *
 * @throws OptionError if one of them could never fire, or on an option that it does not have.
 */
export function prometheusRules(
  description: MetricsDescription,
  alarms: AlarmDefinitions,
  options: PrometheusRulesOptions = {},
): PrometheusRules {
  assertKnownOptions("prometheusRules()", options, { prefix: 0 });
  const { prefix = prometheusPrefix(description.namespace) } = options;
  defineAlarms(description.definitions, alarms);
  const rules = Object.entries(alarms).map(([name, alarm]) => rule(description, prefix, name, alarm));
  return { groups: [{ name: prefix, rules }] };
}

function rule(description: MetricsDescription, prefix: string, name: string, alarm: AlarmDefinition): PrometheusRule {
  const { evaluationPeriods = 1, datapointsToAlarm = evaluationPeriods, periodSeconds, severity = "warning" } = alarm;
  // All of the periods in a row are `for`; so many of them, in any order, are counted by the expression.
  const heldSeconds = datapointsToAlarm < evaluationPeriods ? 0 : (evaluationPeriods - 1) * periodSeconds;
  return {
    alert: pascalCase(name),
    expr: alertExpression(description, prefix, alarm),
    ...(heldSeconds > 0 ? { for: `${heldSeconds}s` } : {}),
    labels: { severity },
    annotations: { summary: alarm.description },
  };
}

function alertExpression(description: MetricsDescription, prefix: string, alarm: AlarmDefinition): string {
  const definition = description.definitions[alarm.metric]!;
  const { name, type, scale } = prometheusName(prefix, alarm.metric, definition);
  const labels = { ...description.dimensions, ...ownDimensions(alarm, definition.dimensions) };
  const matchers = Object.entries(labels).map(([label, value]) => `${prometheusLabel(label)}=${JSON.stringify(value)}`);
  const selector = (suffix: string) => `${name}${suffix}${matchers.length > 0 ? `{${matchers.join(",")}}` : ""}`;
  const window = `${alarm.periodSeconds}s`;
  const value =
    type === "gauge" ? gaugeValue(alarm, selector(""), window) : countedValue(alarm, type, selector, window);
  const condition = breaches(alarm, value, Number((alarm.threshold * scale).toPrecision(12)));
  return alarm.missingData === "breaching" ? `${condition} or absent(${selector("")})` : condition;
}

/** The value breaches the threshold; in `datapointsToAlarm` of the last periods, if not in all. */
function breaches(alarm: AlarmDefinition, value: string, threshold: number): string {
  const { comparison, periodSeconds, evaluationPeriods = 1, datapointsToAlarm = evaluationPeriods } = alarm;
  if (datapointsToAlarm === evaluationPeriods) return `${value} ${comparison} ${threshold}`;
  const periods = `[${evaluationPeriods * periodSeconds}s:${periodSeconds}s]`;
  return `sum_over_time((${value} ${comparison} bool ${threshold})${periods}) >= ${datapointsToAlarm}`;
}

function gaugeValue({ statistic }: AlarmDefinition, selector: string, window: string): string {
  const over = { sum: "sum", average: "avg", minimum: "min", maximum: "max" }[statistic as "sum"];
  return `${over}(${over === "sum" ? "last" : over}_over_time(${selector}[${window}]))`;
}

function countedValue(
  { statistic }: AlarmDefinition,
  type: "counter" | "histogram",
  selector: (suffix: string) => string,
  window: string,
): string {
  if (statistic === "sum") return `sum(${grown(selector(type === "counter" ? "" : "_sum"), window)})`;
  if (statistic === "average" && type === "histogram") {
    return `sum(${grown(selector("_sum"), window)}) / sum(${grown(selector("_count"), window)})`;
  }
  const quantile = statistic === "minimum" ? 0 : statistic === "maximum" ? 1 : Number(statistic.slice(1)) / 100;
  return `histogram_quantile(${quantile}, sum by (le) (${grown(selector("_bucket"), window)}))`;
}

/** How much a counter grew, what it was born with included: `increase` alone misses the first failures of a new series. */
function grown(selector: string, window: string): string {
  const since = `(increase(${selector}[${window}]) or ${selector} * 0)`;
  const born = `((min_over_time(${selector}[${window}]) unless ${selector} offset ${window}) or ${selector} * 0)`;
  return `${since} + ${born}`;
}
