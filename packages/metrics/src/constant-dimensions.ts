import { mostDimensions } from "./define-metrics.ts";
import { type DimensionValue, dimensionText } from "./dimension-text.ts";
import type { MetricDefinitions } from "./metric-definition.ts";
import { OptionError } from "./option-error.ts";
import { assertText } from "./options.ts";

/** The constant dimensions as texts. Throws an `OptionError` where one clashes with a metric or its dimensions, or is one too many. */
export function constantDimensions(
  given: Readonly<Record<string, DimensionValue>>,
  definitions: MetricDefinitions,
): Readonly<Record<string, string>> {
  const names = Object.keys(given);
  for (const name of names) assertText("dimensions", name, /^[a-z][A-Za-z0-9]{0,99}$/, "names in camelCase");
  for (const [metric, { dimensions = [] }] of Object.entries(definitions)) {
    if (names.includes(metric)) throw new OptionError("dimensions", "named unlike any metric", metric);
    const twice = dimensions.find((name) => names.includes(name));
    if (twice !== undefined)
      throw new OptionError("dimensions", `without "${twice}", which ${metric} has of its own`, twice);
    if (dimensions.length + names.length > mostDimensions) {
      throw new OptionError(
        "dimensions",
        `few enough: with those of ${metric} at most ${mostDimensions}`,
        names.length,
      );
    }
  }
  return Object.fromEntries(names.map((name) => [name, dimensionText(given[name])]));
}
