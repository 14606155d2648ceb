import type { Measurement } from "./point.ts";
import { Series } from "./series.ts";

export class CounterSeries extends Series {
  #sum = 0;

  /** Adds `value` ≥ 0; anything else is not recorded but counted in `metricsDropped`. Never throws. */
  add(value = 1): void {
    if (this.accepts(value, 0)) this.#sum += value;
  }

  protected override take(changed: boolean): Measurement | undefined {
    const sum = this.#sum;
    this.#sum = 0;
    return changed ? { kind: "sum", sum } : undefined;
  }
}
