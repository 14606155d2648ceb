import { list, number, structures, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import type { Operation } from "../server/service.ts";
import { cloudWatchError } from "./cloudwatch-error.ts";
import { type Dimension, readDimensions } from "./dimension.ts";
import type { MetricStore } from "./metric-store.ts";
import type { Sample } from "./series.ts";
import { isStandardUnit } from "./standard-units.ts";

const mostData = 1_000;
const mostValues = 150;
const largest = 2 ** 360;
const oldestMs = 14 * 86_400_000;
const newestMs = 2 * 3_600_000;

interface Datum {
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  readonly samples: readonly Sample[];
}

/** Takes data in; all of a request or nothing. Limits are AWS's. */
export function putMetricData(metrics: MetricStore): Operation {
  return (input, call) => {
    const namespace = readNamespace(input);
    const data = structures(input, "MetricData") ?? [];
    if (data.length === 0) throw missing("The parameter MetricData is required.");
    if (data.length > mostData)
      throw invalid(`The collection MetricData must not have a size greater than ${mostData}.`);
    const read = data.map((datum, index) => readDatum(datum, `MetricData.member.${index + 1}.`, call.now));
    for (const { name, dimensions, samples } of read) {
      const series = metrics.findOrAdd(call, namespace, name, dimensions);
      for (const sample of samples) series.add(sample, call.now);
    }
    return {};
  };
}

function readNamespace(input: Fields): string {
  const namespace = text(input, "Namespace");
  if (namespace === undefined) throw missing("The parameter Namespace is required.");
  if (!/^[0-9A-Za-z.\-_/#: ]{1,255}$/.test(namespace) || namespace.startsWith(":") || namespace.trim() === "") {
    throw invalid(
      "The parameter Namespace must be 1 to 255 letters, digits, or . - _ / # : and not start with a colon.",
    );
  }
  if (namespace.startsWith("AWS/"))
    throw invalid('The value AWS/ for parameter Namespace is invalid: names that start with "AWS/" are reserved.');
  return namespace;
}

function readDatum(datum: Fields, path: string, now: number): Datum {
  const name = text(datum, "MetricName");
  if (name === undefined || name === "") throw missing(`The parameter ${path}MetricName is required.`);
  if (name.length > 255) throw invalid(`The parameter ${path}MetricName must be shorter than 256 characters.`);
  return { name, dimensions: readDimensions(datum, path), samples: readSamples(datum, path, now) };
}

function readSamples(datum: Fields, path: string, now: number): readonly Sample[] {
  const value = number(datum, "Value");
  const values = list(datum, "Values");
  const statistics = datum.StatisticValues;
  const given = [value, values, statistics].filter((one) => one !== undefined).length;
  if (given === 0) throw missing(`One of ${path}Value, ${path}Values and ${path}StatisticValues is required.`);
  if (given > 1) {
    throw cloudWatchError(
      "InvalidParameterCombinationException",
      `The parameters ${path}Value, ${path}Values and ${path}StatisticValues are mutually exclusive and you have specified more than one.`,
    );
  }
  const frame = readFrame(datum, path, now);
  if (value !== undefined) return [sampleOf(frame, checkValue(value, `${path}Value`), 1)];
  if (values !== undefined) return readValues(datum, values, frame, path);
  return [readStatistics(statistics, frame, path)];
}

type Frame = Pick<Sample, "atMs" | "unit" | "resolutionMs">;

function readFrame(datum: Fields, path: string, now: number): Frame {
  const unit = text(datum, "Unit") ?? "None";
  if (!isStandardUnit(unit))
    throw invalid(`The parameter ${path}Unit must be a value in the set of standard units, not ${unit}.`);
  const resolution = number(datum, "StorageResolution") ?? 60;
  if (resolution !== 1 && resolution !== 60) throw invalid(`The parameter ${path}StorageResolution must be 1 or 60.`);
  const seconds = number(datum, "Timestamp");
  const atMs = seconds === undefined ? now : seconds * 1_000;
  if (atMs < now - oldestMs)
    throw invalid(`The parameter ${path}Timestamp must specify a time no more than two weeks in the past.`);
  if (atMs > now + newestMs)
    throw invalid(`The parameter ${path}Timestamp must specify a time no more than two hours in the future.`);
  return { atMs, unit, resolutionMs: resolution * 1_000 };
}

function readValues(datum: Fields, values: readonly unknown[], frame: Frame, path: string): readonly Sample[] {
  const counts = list(datum, "Counts") ?? values.map(() => 1);
  if (values.length === 0) throw missing(`The parameter ${path}Values must be non-empty.`);
  if (values.length > mostValues)
    throw invalid(`The collection ${path}Values must not have a size greater than ${mostValues}.`);
  if (counts.length !== values.length)
    throw invalid(`The parameters ${path}Values and ${path}Counts must be of the same size.`);
  return values.map((value, index) => {
    const count = counts[index];
    if (typeof count !== "number" || !(count >= 0))
      throw invalid(`The parameter ${path}Counts.member.${index + 1} must be ≥ 0.`);
    return sampleOf(frame, checkValue(value, `${path}Values.member.${index + 1}`), count);
  });
}

function sampleOf(frame: Frame, value: number, count: number): Sample {
  return { ...frame, count, sum: value * count, min: value, max: value };
}

function readStatistics(statistics: unknown, frame: Frame, path: string): Sample {
  const members = (typeof statistics === "object" ? statistics : {}) as Fields;
  const member = (name: string) => {
    const value = number(members, name);
    if (value === undefined) throw missing(`The parameter ${path}StatisticValues.${name} is required.`);
    return checkValue(value, `${path}StatisticValues.${name}`);
  };
  const set = { count: member("SampleCount"), sum: member("Sum"), min: member("Minimum"), max: member("Maximum") };
  if (set.count <= 0) throw invalid(`The parameter ${path}StatisticValues.SampleCount must be greater than 0.`);
  if (set.min > set.max) throw invalid(`The parameter ${path}StatisticValues.Minimum must not exceed Maximum.`);
  return { ...frame, ...set };
}

function checkValue(value: unknown, at: string): number {
  if (typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= largest) return value;
  throw invalid(`The parameter ${at} must be a number between -2^360 and 2^360.`);
}

function invalid(message: string): Error {
  return cloudWatchError("InvalidParameterValueException", message);
}

function missing(message: string): Error {
  return cloudWatchError("MissingRequiredParameterException", message);
}
