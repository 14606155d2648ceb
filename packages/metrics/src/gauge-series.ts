import type { Measurement } from "./point.ts";
import { Series } from "./series.ts";

export class GaugeSeries extends Series {
  #value: number | undefined;

  /** Sets the value, reported at every flush until `forget()`. Never throws. */
  set(value: number): void {
    if (this.accepts(value)) this.#value = value;
  }

  /** Reports nothing until the next value. */
  unset(): void {
    this.#value = undefined;
  }

  protected override take(): Measurement | undefined {
    const value = this.#value;
    return value === undefined ? undefined : { kind: "gauge", count: 1, sum: value, min: value, max: value };
  }
}
