import type { Fields } from "../protocol/protocol.ts";

const numbers = new Set([
  "Value",
  "Values",
  "Counts",
  "SampleCount",
  "Sum",
  "Minimum",
  "Maximum",
  "Period",
  "Threshold",
  "EvaluationPeriods",
  "DatapointsToAlarm",
  "StorageResolution",
  "MaxRecords",
  "MaxDatapoints",
]);
const flags = new Set(["ReturnData", "ActionsEnabled", "StrictEntityValidation", "IncludeLinkedAccounts"]);
const times = new Set(["Timestamp", "StartTime", "EndTime"]);

/** Turns the text of a query request into the numbers, flags and times that the operations read. */
export function readQuery(input: Fields): Fields {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, typed(name, value, input)]));
}

function typed(name: string, value: unknown, siblings: Fields): unknown {
  if (Array.isArray(value)) return value.map((member: unknown) => typed(name, member, siblings));
  if (typeof value === "object" && value !== null) return readQuery(value as Fields);
  if (typeof value !== "string") return value;
  if (flags.has(name)) return value === "true";
  if (times.has(name)) return Date.parse(value) / 1_000;
  const isDimension = name === "Value" && typeof siblings.Name === "string"; // a dimension's value stays text
  return numbers.has(name) && !isDimension ? Number(value) : value;
}
