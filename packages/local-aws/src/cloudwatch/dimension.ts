import { structures, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { cloudWatchError } from "./cloudwatch-error.ts";

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

const mostDimensions = 30;

/** `Dimensions` of a metric, checked as PutMetricData checks them, sorted by name: their order means nothing. */
export function readDimensions(input: Fields, path: string): readonly Dimension[] {
  const dimensions = (structures(input, "Dimensions") ?? []).map((dimension, index) => {
    const at = `${path}Dimensions.member.${index + 1}`;
    const Name = text(dimension, "Name") ?? "";
    const Value = text(dimension, "Value") ?? "";
    checkText(`${at}.Name`, Name, 255);
    checkText(`${at}.Value`, Value, 1_024);
    if (Name.startsWith(":")) throw invalid(`The parameter ${at}.Name must not start with a colon.`);
    return { Name, Value };
  });
  if (dimensions.length > mostDimensions) {
    throw invalid(`The collection ${path}Dimensions must not have a size greater than ${mostDimensions}.`);
  }
  if (new Set(dimensions.map(({ Name }) => Name)).size < dimensions.length) {
    throw invalid(`No dimension of ${path}Dimensions may be given twice.`);
  }
  return dimensions.sort((one, other) => (one.Name < other.Name ? -1 : 1));
}

function checkText(at: string, value: string, longest: number): void {
  if (value.trim() === "") throw invalid(`The parameter ${at} must be non-empty.`);
  if (value.length > longest) throw invalid(`The parameter ${at} must be shorter than ${longest + 1} characters.`);
  if (!/^[\x20-\x7e]*$/.test(value)) throw invalid(`The parameter ${at} must contain only ASCII characters.`);
}

function invalid(message: string): Error {
  return cloudWatchError("InvalidParameterValueException", message);
}
