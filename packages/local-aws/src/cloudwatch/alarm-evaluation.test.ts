import { expect, test } from "vitest";
import { type AlarmState, evaluateAlarm, type MissingData } from "./alarm-evaluation.ts";

// The tables of CloudWatch's user guide, "How alarm state is evaluated when data is missing": oldest first,
// 0 is within the threshold, X breaches, - is missing. `kept` stands for the state the alarm was in.
type Row = readonly [
  data: string,
  missing: AlarmState,
  ignore: AlarmState | "kept",
  breaching: AlarmState,
  notBreaching: AlarmState,
];

const threeOfThree: readonly Row[] = [
  ["0-X-X", "OK", "OK", "OK", "OK"],
  ["0----", "OK", "OK", "OK", "OK"],
  ["-----", "INSUFFICIENT_DATA", "kept", "ALARM", "OK"],
  ["0XX-X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["--X--", "ALARM", "kept", "ALARM", "OK"],
];

const twoOfThree: readonly Row[] = [
  ["0-X-X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["00X0X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0-X--", "OK", "OK", "ALARM", "OK"],
  ["----0", "OK", "OK", "ALARM", "OK"],
  ["---X-", "ALARM", "kept", "ALARM", "OK"],
];

const words: readonly MissingData[] = ["missing", "ignore", "breaching", "notBreaching"];

function stateOf(data: string, datapointsToAlarm: number, missingData: MissingData, state: AlarmState): AlarmState {
  const values = [...data].reverse().map((mark) => (mark === "-" ? undefined : mark === "X" ? 1 : 0));
  return evaluateAlarm({
    values,
    breaches: (value) => value > 0,
    evaluationPeriods: 3,
    datapointsToAlarm,
    missingData,
    state,
  });
}

test.each([
  ["3 out of 3", 3, threeOfThree],
  ["2 out of 3", 2, twoOfThree],
])("follows the published table for %s", (_name, datapointsToAlarm, rows) => {
  for (const [data, ...expected] of rows) {
    for (const state of ["OK", "ALARM", "INSUFFICIENT_DATA"] as const) {
      const actual = words.map((word) => stateOf(data, datapointsToAlarm, word, state));
      expect([data, ...actual]).toEqual([data, ...expected.map((one) => (one === "kept" ? state : one))]);
    }
  }
});

test("keeps its state while the only value breaches and is too young to decide", () => {
  expect(stateOf("----X", 3, "missing", "OK")).toBe("OK");
  expect(stateOf("----X", 3, "missing", "INSUFFICIENT_DATA")).toBe("INSUFFICIENT_DATA");
});
