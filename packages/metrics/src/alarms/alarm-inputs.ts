import { cloudWatchDimensions } from "../cloudwatch/metric-data.ts";
import type { DimensionValue } from "../dimension-text.ts";
import { dimensionText } from "../dimension-text.ts";
import { unitOf } from "../metric-definition.ts";
import { pascalCase } from "../spelling.ts";
import type { AlarmDefinition, AlarmDefinitions, Comparison, MetricsDescription } from "./alarm-definition.ts";
import { defineAlarms } from "./define-alarms.ts";

/** What the SDK's `PutMetricAlarmCommand` takes, and CloudFormation's `AWS::CloudWatch::Alarm` as properties. */
export interface AlarmInput {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: { Name: string; Value: string }[];
  readonly Statistic?: "Sum" | "Average" | "Minimum" | "Maximum";
  readonly ExtendedStatistic?: string;
  readonly Unit?: never;
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Threshold: number;
  readonly ComparisonOperator: (typeof operators)[Comparison];
  readonly TreatMissingData: string;
}

const operators = {
  ">": "GreaterThanThreshold",
  ">=": "GreaterThanOrEqualToThreshold",
  "<": "LessThanThreshold",
  "<=": "LessThanOrEqualToThreshold",
} as const;

const statistics = { sum: "Sum", average: "Average", minimum: "Minimum", maximum: "Maximum" } as const;

/**
 * Alarms as CloudWatch takes them, on the very series that the CloudWatch and EMF sinks send.
 *
 * @throws OptionError if one of them could never fire.
 */
export function alarmInputs(description: MetricsDescription, alarms: AlarmDefinitions): AlarmInput[] {
  defineAlarms(description.definitions, alarms);
  return Object.entries(alarms).map(([name, alarm]) => alarmInput(description, name, alarm));
}

function alarmInput(
  { namespace, dimensions, definitions }: MetricsDescription,
  name: string,
  alarm: AlarmDefinition,
): AlarmInput {
  const { evaluationPeriods = 1, datapointsToAlarm = evaluationPeriods } = alarm;
  return {
    AlarmName: `${namespace.replaceAll("/", "-")}-${pascalCase(name)}`,
    AlarmDescription: `${alarm.description} (unit: ${unitOf(definitions[alarm.metric]!)})`,
    Namespace: namespace,
    MetricName: pascalCase(alarm.metric),
    Dimensions: cloudWatchDimensions(dimensions, ownDimensions(alarm, definitions[alarm.metric]!.dimensions)),
    ...(isSimple(alarm.statistic)
      ? { Statistic: statistics[alarm.statistic] }
      : { ExtendedStatistic: alarm.statistic }),
    Period: alarm.periodSeconds,
    EvaluationPeriods: evaluationPeriods,
    DatapointsToAlarm: datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: operators[alarm.comparison],
    TreatMissingData: alarm.missingData,
  };
}

/** The dimensions an alarm names, in the order of the metric's definition. */
export function ownDimensions(
  { dimensions = {} }: AlarmDefinition,
  order: readonly string[] = [],
): Readonly<Record<string, string>> {
  const given = dimensions as Readonly<Record<string, DimensionValue>>;
  return Object.fromEntries(order.filter((name) => name in given).map((name) => [name, dimensionText(given[name])]));
}

function isSimple(statistic: string): statistic is keyof typeof statistics {
  return statistic in statistics;
}
