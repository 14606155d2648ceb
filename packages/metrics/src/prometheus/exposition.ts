import type { CumulativeSeries } from "./cumulative-series.ts";
import type { MetricFamily } from "./metric-family.ts";

/** Families in the text exposition format, version 0.0.4. */
export function exposition(families: readonly MetricFamily[]): string {
  return families.map(familyText).join("");
}

function familyText(family: MetricFamily): string {
  const lines = [`# HELP ${family.name} ${escapeHelp(family.help)}`, `# TYPE ${family.name} ${family.type}`];
  for (const series of family.series) {
    for (const { suffix, labels, value } of samplesOf(family, series)) {
      lines.push(`${family.name}${suffix}${labelText(labels)} ${value}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** One line of a series. */
export interface Sample {
  readonly suffix: "" | "_bucket" | "_sum" | "_count";
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The lines of one series: one, or a histogram's cumulative buckets, sum and count. */
export function samplesOf({ type, bounds }: MetricFamily, { labels, sum, count, buckets }: CumulativeSeries): Sample[] {
  if (type !== "histogram") return [{ suffix: "", labels, value: sum }];
  let below = 0;
  const samples = bounds.map((bound, at): Sample => {
    below += buckets[at]!;
    return { suffix: "_bucket", labels: { ...labels, le: String(bound) }, value: below };
  });
  return [
    ...samples,
    { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
    { suffix: "_sum", labels, value: sum },
    { suffix: "_count", labels, value: count },
  ];
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
