import type { CumulativeSeries } from "./cumulative-series.ts";
import type { MetricFamily } from "./metric-family.ts";

/** Families in the text exposition format, version 0.0.4. */
export function exposition(families: readonly MetricFamily[]): string {
  let text = "";
  for (const family of families) {
    text += `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${family.type}\n`;
    for (const series of family.series) text += seriesText(family, series);
  }
  return text;
}

/** One line of a series. */
export interface Sample {
  readonly suffix: "" | "_bucket" | "_sum" | "_count";
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The lines of one series: one, or a histogram's cumulative buckets, sum and count. */
export function samplesOf(family: MetricFamily, series: CumulativeSeries): Sample[] {
  const values = valuesOf(family, series);
  return lineNames(family, series).map((name, at) => ({ ...name, value: values[at]! }));
}

// What a line begins with never changes while its series lives: only the values are written anew at each scrape.
const startsBySeries = new WeakMap<CumulativeSeries, readonly string[]>();

function seriesText(family: MetricFamily, series: CumulativeSeries): string {
  let starts = startsBySeries.get(series);
  if (starts === undefined) {
    starts = lineNames(family, series).map(({ suffix, labels }) => `${family.name}${suffix}${labelText(labels)} `);
    startsBySeries.set(series, starts);
  }
  const values = valuesOf(family, series);
  let text = "";
  for (let at = 0; at < starts.length; at++) text += `${starts[at]}${values[at]}\n`;
  return text;
}

function lineNames({ type, bounds }: MetricFamily, { labels }: CumulativeSeries): Omit<Sample, "value">[] {
  if (type !== "histogram") return [{ suffix: "", labels }];
  const buckets = [...bounds.map(String), "+Inf"].map((le) => ({
    suffix: "_bucket" as const,
    labels: { ...labels, le },
  }));
  return [...buckets, { suffix: "_sum", labels }, { suffix: "_count", labels }];
}

function valuesOf({ type }: MetricFamily, { sum, count, buckets }: CumulativeSeries): number[] {
  if (type !== "histogram") return [sum];
  let below = 0;
  const values: number[] = [];
  for (const samples of buckets) {
    below += samples;
    values.push(below);
  }
  values.push(sum, count);
  return values;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
