import type { MetricDefinition, MetricDefinitions, Unit } from "./metric-definition.ts";
import { assertKnownOptions, assertOption, assertText } from "./options.ts";

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

const memberNames = { kind: 0, recorder: 0, unit: 0, dimensions: 0, resolutionSeconds: 0, description: 0, rollups: 0 };

const mostDimensions = 30; // as many as CloudWatch takes

/**
 * Checks definitions, made by `counter()`, `gauge()`, `timer()` and `distribution()`, and returns them unchanged, with their
 * types: names, dimensions and kinds are then known to the compiler wherever the metrics are recorded, alarmed on or drawn.
 *
 * @throws OptionError on a name that is not camelCase, a definition without a kind, an unknown unit, more than 30 dimensions, a rollup by a
 * dimension that the metric does not have, or a missing description.
 */
export function defineMetrics<const Definitions extends MetricDefinitions>(definitions: Definitions): Definitions {
  for (const [name, definition] of Object.entries(definitions)) check(name, definition);
  return definitions;
}

function check(metric: string, definition: MetricDefinition): void {
  assertName(`definitions.${metric}`, metric);
  assertKnownOptions(metric, definition, memberNames);
  const { kind, recorder, unit, dimensions = [], description, rollups = [], resolutionSeconds = 60 } = definition;
  const assert = (right: boolean, member: string, expected: string, got: unknown) =>
    assertOption(right, `${metric}.${member}`, expected, got);
  const assertOneOf = (member: string, value: unknown, values: readonly unknown[]) =>
    assert(values.includes(value), member, `one of ${values.join(", ")}`, value);

  assert(typeof recorder === "function", "kind", "given by counter(), gauge(), timer() or distribution()", kind);
  if (unit !== undefined) assertOneOf("unit", unit, kind === "timer" ? ["Milliseconds"] : Object.keys(units));
  assertOneOf("resolutionSeconds", resolutionSeconds, [1, 60]); // as CloudWatch takes
  assertDimensions(`${metric}.dimensions`, metric, dimensions);
  for (const dimension of rollups.flat()) assertOneOf("rollups", dimension, dimensions);
  assert(typeof description === "string" && /\S/.test(description), "description", "a sentence", description);
}

/** Throws an `OptionError` unless these can be all dimensions of a metric, the constant ones included. */
export function assertDimensions(option: string, metric: string, dimensions: readonly string[]): void {
  for (const dimension of dimensions) assertName(option, dimension);
  const distinct = new Set([...dimensions, metric]); // EMF holds metric and dimensions in one object
  const right = distinct.size > dimensions.length && dimensions.length <= mostDimensions;
  const expected = `at most ${mostDimensions} different names, none of them ${metric}`;
  assertOption(right, option, expected, dimensions.join());
}

function assertName(option: string, name: unknown): void {
  assertText(option, name, /^[a-z][A-Za-z0-9]{0,99}$/, "in camelCase, at most 100 letters and digits");
}
