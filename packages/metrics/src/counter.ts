import { CounterSeries } from "./counter-series.ts";
import type { DefinitionOptions, KindOf } from "./metric-definition.ts";
import { type Given, SeriesSet } from "./series-set.ts";

/** Defines a metric of how many, added up. */
export function counter<const Given extends DefinitionOptions>(given: Given): Given & KindOf<"counter"> {
  return { ...given, kind: "counter", recorder: CounterRecorder };
}

class CounterRecorder extends SeriesSet<CounterSeries> {
  add(value?: number, given?: Given): void {
    this.resolve(given).add(value);
  }

  protected override make(dimensions: Readonly<Record<string, string>>): CounterSeries {
    return new CounterSeries(dimensions, this);
  }
}
