import { flag, number, text, texts } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import type { ServiceCall } from "../server/service.ts";
import type { AlarmState, MissingData } from "./alarm-evaluation.ts";
import { cloudWatchError } from "./cloudwatch-error.ts";
import { type DataQuery, readQueries } from "./get-metric-data.ts";
import { type MetricStat, readMetric } from "./metric-stat.ts";
import { checkPeriod } from "./periods.ts";
import { simpleStatistics, statistic } from "./statistic.ts";

type Comparison = (value: number, threshold: number) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const missingDataWords: readonly string[] = ["missing", "ignore", "breaching", "notBreaching"] satisfies MissingData[];
const longestRangeMs = 86_400_000;

export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** What was asked for, as DescribeAlarms gives it back. */
  readonly described: Fields;
  readonly queries: readonly DataQuery[];
  /** The query whose values are compared. */
  readonly watched: string;
  readonly periodMs: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly breaches: (value: number) => boolean;
  readonly missingData: MissingData;
  readonly updatedAt: number;
  state: AlarmState;
  reason: string;
  stateUpdatedAt: number;
  /** End of the last range evaluated. */
  evaluatedTo: number | undefined;
  /** When SetAlarmState last set the state. */
  setByHandAt: number | undefined;
}

/** The alarm that PutMetricAlarm asks for. Throws as CloudWatch does when it could not be evaluated. */
export function readAlarm(input: Fields, call: ServiceCall): Alarm {
  const name = text(input, "AlarmName") ?? "";
  if (name.length < 1 || name.length > 255) throw invalid("The parameter AlarmName must be 1 to 255 characters long.");
  const comparison = comparisons[text(input, "ComparisonOperator") ?? ""];
  if (comparison === undefined) {
    throw invalid(`The parameter ComparisonOperator must be one of ${Object.keys(comparisons).join(", ")}.`);
  }
  const threshold = required(input, "Threshold");
  const evaluationPeriods = required(input, "EvaluationPeriods");
  const datapointsToAlarm = number(input, "DatapointsToAlarm") ?? evaluationPeriods;
  if (!(evaluationPeriods >= 1)) throw invalid("The parameter EvaluationPeriods must be ≥ 1.");
  if (!(datapointsToAlarm >= 1 && datapointsToAlarm <= evaluationPeriods)) {
    throw cloudWatchError("InvalidParameterCombinationException", "DatapointsToAlarm must be 1 to EvaluationPeriods.");
  }
  const { queries, watched, periodMs } = readWatched(input);
  if (evaluationPeriods * periodMs > longestRangeMs) {
    throw cloudWatchError(
      "InvalidParameterCombinationException",
      "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
    );
  }
  const arn = `arn:aws:cloudwatch:${call.region}:${call.account}:alarm:${name}`;
  return {
    name,
    arn,
    account: call.account,
    region: call.region,
    described: describe(input, arn),
    queries,
    watched,
    periodMs,
    evaluationPeriods,
    datapointsToAlarm,
    breaches: (value) => comparison(value, threshold),
    missingData: readMissingData(input),
    updatedAt: call.now,
    state: "INSUFFICIENT_DATA",
    reason: "Unchecked: Initial alarm creation",
    stateUpdatedAt: call.now,
    evaluatedTo: undefined,
    setByHandAt: undefined,
  };
}

function readMissingData(input: Fields): MissingData {
  const word = text(input, "TreatMissingData") ?? "missing";
  if (!missingDataWords.includes(word))
    throw invalid(`The parameter TreatMissingData must be one of ${missingDataWords.join(", ")}.`);
  return word as MissingData;
}

function readWatched(input: Fields): Pick<Alarm, "queries" | "watched" | "periodMs"> {
  if (input.Metrics === undefined) {
    const stat = readStat(input);
    return {
      queries: [{ id: "m1", label: undefined, returned: true, source: { stat } }],
      watched: "m1",
      periodMs: stat.periodMs,
    };
  }
  if (input.MetricName !== undefined)
    throw cloudWatchError("InvalidParameterCombinationException", "Metrics and MetricName exclude each other.");
  const queries = readQueries(input, "Metrics");
  const returned = queries.filter((query) => query.returned);
  if (returned.length !== 1)
    throw cloudWatchError("ValidationException", "Exactly one element of the metrics list should return data.");
  const periods = queries.flatMap(({ source }) => ("stat" in source ? [source.stat.periodMs] : []));
  if (periods.length === 0) throw cloudWatchError("ValidationException", "An alarm needs at least one metric.");
  return { queries, watched: returned[0]!.id, periodMs: Math.max(...periods) };
}

function readStat(input: Fields): MetricStat {
  const plain = text(input, "Statistic");
  const extended = text(input, "ExtendedStatistic");
  if ((plain === undefined) === (extended === undefined)) {
    throw cloudWatchError(
      "InvalidParameterCombinationException",
      "Exactly one of Statistic and ExtendedStatistic must be given.",
    );
  }
  if (plain !== undefined && !simpleStatistics.includes(plain))
    throw invalid(`The parameter Statistic must be one of ${simpleStatistics.join(", ")}.`);
  const name = plain ?? extended!;
  statistic(name);
  return {
    ...readMetric(input),
    statistic: name,
    periodMs: checkPeriod(required(input, "Period")),
    unit: text(input, "Unit"),
  };
}

function describe(input: Fields, arn: string): Fields {
  const { Tags: _tags, ...rest } = input;
  return {
    ...rest,
    AlarmArn: arn,
    ActionsEnabled: flag(input, "ActionsEnabled") ?? true,
    OKActions: texts(input, "OKActions") ?? [],
    AlarmActions: texts(input, "AlarmActions") ?? [],
    InsufficientDataActions: texts(input, "InsufficientDataActions") ?? [],
    ...(input.Metrics === undefined ? { Dimensions: input.Dimensions ?? [] } : {}),
  };
}

function required(input: Fields, member: string): number {
  const value = number(input, member);
  if (value === undefined)
    throw cloudWatchError("MissingRequiredParameterException", `The parameter ${member} is required.`);
  return value;
}

function invalid(message: string): Error {
  return cloudWatchError("InvalidParameterValueException", message);
}
