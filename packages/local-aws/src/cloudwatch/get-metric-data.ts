import { flag, isStructure, number, structures, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { Operation, ServiceCall } from "../server/service.ts";
import { cloudWatchError } from "./cloudwatch-error.ts";
import { evaluateExpression, type Operand } from "./expression.ts";
import { type MetricStat, readMetricStat } from "./metric-stat.ts";
import type { MetricStore } from "./metric-store.ts";
import { pageFrom } from "./page-from.ts";
import { alignedWindow, type ValueByStart, valuesByPeriod } from "./periods.ts";
import { statistic } from "./statistic.ts";

const mostQueries = 500;
const mostDatapoints = 100_800;

export interface DataQuery {
  readonly id: string;
  readonly label: string | undefined;
  readonly returned: boolean;
  readonly source: { readonly stat: MetricStat } | { readonly expression: string };
}

/** Series of values, newest first unless asked otherwise. */
export function getMetricData(metrics: MetricStore): Operation {
  return (input, call) => {
    const queries = readQueries(input, "MetricDataQueries");
    const start = requiredTime(input, "StartTime");
    const end = requiredTime(input, "EndTime");
    const newestFirst = (text(input, "ScanBy") ?? "TimestampDescending") === "TimestampDescending";
    const valuesOf = evaluateQueries(metrics, queries, call, start, end);
    const results = queries
      .filter(({ returned }) => returned)
      .map((query) => resultOf(query, valuesOf(query.id), newestFirst));
    const { items, NextToken } = pageFrom(input, results, { sizeMember: "MaxQueries", most: mostQueries });
    checkDatapoints(input, items);
    return { MetricDataResults: items, Messages: [], NextToken };
  };
}

/** The queries of a request or an alarm, each with its own id. */
export function readQueries(input: Fields, member: string): readonly DataQuery[] {
  const queries = (structures(input, member) ?? []).map((query) => {
    const id = text(query, "Id") ?? "";
    if (!/^[a-z][a-zA-Z0-9_]{0,254}$/.test(id))
      throw invalid(
        `The value '${id}' for parameter ${member}.Id must start with a lower-case letter and hold only letters, digits and _.`,
      );
    const expression = text(query, "Expression");
    if ((expression === undefined) === (query.MetricStat === undefined)) {
      throw cloudWatchError(
        "InvalidParameterCombinationException",
        `The query '${id}' must have exactly one of MetricStat and Expression.`,
      );
    }
    const source =
      expression === undefined
        ? { stat: readMetricStat(isStructure(query.MetricStat) ? query.MetricStat : {}) }
        : { expression };
    return { id, label: text(query, "Label"), returned: flag(query, "ReturnData") ?? true, source };
  });
  if (queries.length === 0 || queries.length > mostQueries)
    throw invalid(`The collection ${member} must have 1 to ${mostQueries} members.`);
  if (new Set(queries.map(({ id }) => id)).size < queries.length) throw invalid(`The ids of ${member} must be unique.`);
  return queries;
}

/** A reader of each query's values by id; expressions are worked out when asked for, once. */
export function evaluateQueries(
  metrics: MetricStore,
  queries: readonly DataQuery[],
  place: Pick<ServiceCall, "account" | "region">,
  startSeconds: number,
  endSeconds: number,
): (id: string) => ValueByStart {
  const operandById = new Map<string, Operand>();
  const inWork = new Set<string>();
  const operand = (id: string): Operand => {
    const known = operandById.get(id);
    if (known !== undefined) return known;
    const query = queries.find((one) => one.id === id);
    if (query === undefined)
      throw cloudWatchError("ValidationException", `The id ${id} is used in an expression but is no query.`);
    if (inWork.has(id)) throw cloudWatchError("ValidationException", `The expression of ${id} refers to itself.`);
    inWork.add(id);
    const value =
      "stat" in query.source ? read(query.source.stat) : evaluateExpression(query.source.expression, operand, ids);
    operandById.set(id, value);
    return value;
  };
  const ids = queries.filter(({ source }) => "stat" in source).map(({ id }) => id);
  const read = (stat: MetricStat): Operand => {
    const window = alignedWindow(startSeconds, endSeconds, stat.periodMs);
    const series = metrics.find(place, stat.namespace, stat.name, stat.dimensions);
    return valuesByPeriod(series, window, statistic(stat.statistic), stat.unit);
  };
  return (id) => {
    const value = operand(id);
    if (typeof value !== "number") return value;
    throw cloudWatchError("ValidationException", `The expression of ${id} must be a time series, not a number.`);
  };
}

function resultOf({ id, label, source }: DataQuery, values: ValueByStart, newestFirst: boolean): Fields {
  const entries = newestFirst ? [...values].reverse() : [...values];
  return {
    Id: id,
    Label: label ?? ("stat" in source ? source.stat.name : id),
    Timestamps: entries.map(([start]) => new Timestamp(start)),
    Values: entries.map(([, value]) => value),
    StatusCode: "Complete",
  };
}

function checkDatapoints(input: Fields, results: readonly Fields[]): void {
  const most = number(input, "MaxDatapoints") ?? mostDatapoints;
  const count = results.reduce((total, { Values }) => total + (Array.isArray(Values) ? Values.length : 0), 0);
  if (most > mostDatapoints || most < 1) throw invalid(`The parameter MaxDatapoints must be 1 to ${mostDatapoints}.`);
  if (count > most)
    throw invalid(
      `You have requested up to ${count} datapoints, which exceeds the limit of ${most}. Use a longer period or a shorter time.`,
    );
}

export function requiredTime(input: Fields, member: string): number {
  const seconds = number(input, member);
  if (seconds === undefined)
    throw cloudWatchError("MissingRequiredParameterException", `The parameter ${member} is required.`);
  return seconds;
}

function invalid(message: string): Error {
  return cloudWatchError("InvalidParameterValueException", message);
}
