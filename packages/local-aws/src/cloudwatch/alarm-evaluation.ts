export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";
export type MissingData = "missing" | "ignore" | "breaching" | "notBreaching";

export interface AlarmQuestion {
  /** The value of each period of the evaluation range, newest first; undefined where there is none. */
  readonly values: readonly (number | undefined)[];
  readonly breaches: (value: number) => boolean;
  /** N: periods to look at. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly missingData: MissingData;
  readonly state: AlarmState;
}

/**
 * The state an alarm goes into, by CloudWatch's rules.
 *
 * With N real values in the range the latest N decide, and missing ones do not matter. With fewer, the missing are
 * filled in as the alarm says; where it says `missing` or `ignore`, the real ones decide if they can.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluateAlarm(question: AlarmQuestion): AlarmState {
  const { values, breaches, evaluationPeriods, datapointsToAlarm } = question;
  const real = values.filter((value) => value !== undefined).slice(0, evaluationPeriods);
  const breaching = real.filter(breaches).length;
  if (breaching >= datapointsToAlarm) return "ALARM";
  if (real.length >= evaluationPeriods) return "OK";
  return withMissing(question, real.length, breaching);
}

function withMissing(question: AlarmQuestion, real: number, breaching: number): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, missingData, state } = question;
  if (missingData === "notBreaching") return "OK";
  if (missingData === "breaching") {
    return breaching + evaluationPeriods - real >= datapointsToAlarm ? "ALARM" : "OK";
  }
  if (breaching < real) return "OK"; // something real is within the threshold, and too little breaches
  if (missingData === "ignore") return state;
  if (real === 0) return "INSUFFICIENT_DATA";
  return oldestBreach(question) >= datapointsToAlarm ? "ALARM" : state;
}

// All that is real breaches: enough once the oldest is old enough that M periods have passed without a good one.
function oldestBreach({ values }: AlarmQuestion): number {
  return values.findLastIndex((value) => value !== undefined) + 1;
}
