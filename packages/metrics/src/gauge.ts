import { GaugeSeries } from "./gauge-series.ts";
import type { DefinitionOptions, KindOf } from "./metric-definition.ts";
import type { Point } from "./point.ts";
import { type Given, SeriesSet } from "./series-set.ts";

/** Defines a metric of how much there is now; the last value counts, and is reported until it is forgotten. */
export function gauge<const Given extends DefinitionOptions>(given: Given): Given & KindOf<"gauge"> {
  return { ...given, kind: "gauge", recorder: GaugeRecorder };
}

class GaugeRecorder extends SeriesSet<GaugeSeries> {
  readonly #observed = new Set<() => void>();

  set(value: number, given?: Given): void {
    this.resolve(given).set(value);
  }

  observe(read: () => number | undefined, given?: Given): { dispose(): void } {
    const look = () => {
      const value = read();
      if (value === undefined) this.find(given)?.unset();
      else this.with(given).set(value);
    };
    this.#observed.add(look);
    return {
      dispose: () => {
        this.#observed.delete(look);
        this.find(given)?.forget();
      },
    };
  }

  override collect(points: Point[], at: number, idleSince: number): void {
    for (const look of this.#observed) {
      try {
        look();
      } catch {
        this.host.refused();
      }
    }
    super.collect(points, at, idleSince);
  }

  protected override make(dimensions: Readonly<Record<string, string>>): GaugeSeries {
    return new GaugeSeries(dimensions, this);
  }
}
