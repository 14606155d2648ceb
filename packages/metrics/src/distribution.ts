import { DistributionSeries } from "./distribution-series.ts";
import type { DefinitionOptions, KindOf } from "./metric-definition.ts";
import { type Given, SeriesSet } from "./series-set.ts";

/** Defines a metric of how large, with percentiles. */
export function distribution<const Given extends DefinitionOptions>(given: Given): Given & KindOf<"distribution"> {
  return { ...given, kind: "distribution", recorder: DistributionRecorder };
}

/** Records one distribution. */
export class DistributionRecorder extends SeriesSet<DistributionSeries> {
  record(value: number, given?: Given): void {
    this.resolve(given).record(value);
  }

  protected override make(dimensions: Readonly<Record<string, string>>): DistributionSeries {
    return new DistributionSeries(dimensions, this);
  }
}
