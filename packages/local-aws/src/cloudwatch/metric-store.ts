import type { Dimension } from "./dimension.ts";
import { Series } from "./series.ts";

interface Account {
  readonly account: string;
  readonly region: string;
}

/** The metrics of every account and region. Dimensions are matched exactly: there is no sum over them. */
export class MetricStore {
  readonly #regions = new Map<string, Map<string, Series>>();

  find(place: Account, namespace: string, name: string, dimensions: readonly Dimension[]): Series | undefined {
    return this.#region(place).get(keyOf(namespace, name, dimensions));
  }

  findOrAdd(place: Account, namespace: string, name: string, dimensions: readonly Dimension[]): Series {
    const region = this.#region(place);
    const key = keyOf(namespace, name, dimensions);
    const series = region.get(key) ?? new Series(namespace, name, dimensions);
    region.set(key, series);
    return series;
  }

  list(place: Account): readonly Series[] {
    return [...this.#region(place).values()];
  }

  #region({ account, region }: Account): Map<string, Series> {
    const name = `${account}/${region}`;
    const metrics = this.#regions.get(name) ?? new Map<string, Series>();
    this.#regions.set(name, metrics);
    return metrics;
  }
}

function keyOf(namespace: string, name: string, dimensions: readonly Dimension[]): string {
  return JSON.stringify([namespace, name, dimensions.map(({ Name, Value }) => [Name, Value])]);
}
