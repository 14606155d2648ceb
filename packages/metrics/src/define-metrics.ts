import type { MetricDefinition, MetricDefinitions, Unit } from "./metric-definition.ts";
import { OptionError } from "./option-error.ts";
import { assertText } from "./options.ts";

const namePattern = /^[a-z][A-Za-z0-9]{0,99}$/;
const nameExpected = "a name in camelCase of at most 100 letters and digits";
const kinds = ["counter", "gauge", "timer", "distribution"];
// A record, so that the compiler sees to it that none is missing.
const units: Readonly<Record<Unit, true>> = {
  Count: true,
  "Count/Second": true,
  Milliseconds: true,
  Seconds: true,
  Bytes: true,
  "Bytes/Second": true,
  Percent: true,
  None: true,
};

/** More than CloudWatch takes on one metric, the constant dimensions included. */
export const mostDimensions = 30;

/**
 * Checks definitions and returns them unchanged, with their types: names, dimensions and kinds are then known
 * to the compiler wherever the metrics are recorded, alarmed on or drawn.
 *
 * @throws OptionError on a name that is not camelCase, an unknown kind or unit, more than 30 dimensions, a rollup by a
 * dimension that the metric does not have, or a missing description.
 */
export function defineMetrics<const Definitions extends MetricDefinitions>(definitions: Definitions): Definitions {
  for (const [name, definition] of Object.entries(definitions)) check(name, definition);
  return definitions;
}

function check(name: string, definition: MetricDefinition): void {
  const { kind, unit, dimensions = [], description, rollups = [], resolutionSeconds = 60 } = definition;
  assertText(`definitions.${name}`, name, namePattern, nameExpected);
  if (!kinds.includes(kind)) throw new OptionError(`${name}.kind`, `one of ${kinds.join(", ")}`, kind);
  if (unit !== undefined && units[unit] !== true) {
    throw new OptionError(`${name}.unit`, `one of ${Object.keys(units).join(", ")}`, unit);
  }
  if (kind === "timer" && unit !== undefined && unit !== "Milliseconds") {
    throw new OptionError(`${name}.unit`, "Milliseconds, as for every timer", unit);
  }
  if (resolutionSeconds !== 1 && resolutionSeconds !== 60) {
    throw new OptionError(`${name}.resolutionSeconds`, "1 or 60, as CloudWatch takes", resolutionSeconds);
  }
  if (dimensions.length > mostDimensions) {
    throw new OptionError(
      `${name}.dimensions`,
      `at most ${mostDimensions} names, as CloudWatch takes`,
      dimensions.length,
    );
  }
  for (const dimension of dimensions) assertText(`${name}.dimensions`, dimension, namePattern, nameExpected);
  if (dimensions.includes(name)) throw new OptionError(`${name}.dimensions`, "named unlike the metric itself", name); // EMF holds both in one object
  if (new Set(dimensions).size < dimensions.length)
    throw new OptionError(`${name}.dimensions`, "different names", dimensions);
  const stranger = rollups.flat().find((dimension) => !dimensions.includes(dimension));
  if (stranger !== undefined) throw new OptionError(`${name}.rollups`, "sets of the metric's own dimensions", stranger);
  assertText(`${name}.description`, description, /\S/, "a sentence");
}
