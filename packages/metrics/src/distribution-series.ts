import { LogHistogram } from "./log-histogram.ts";
import type { Measurement } from "./point.ts";
import { Series } from "./series.ts";

export class DistributionSeries extends Series {
  readonly #histogram = new LogHistogram();

  /** Records a finite value. Never throws. */
  record(value: number): void {
    if (this.accepts(value)) this.#histogram.record(value);
  }

  protected override take(changed: boolean): Measurement | undefined {
    return changed ? { kind: "histogram", histogram: this.#histogram.take() } : undefined;
  }
}
