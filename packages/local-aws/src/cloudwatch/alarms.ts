import { text, texts } from "../protocol/members.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { Operation } from "../server/service.ts";
import { readAlarm } from "./alarm.ts";
import type { AlarmState } from "./alarm-evaluation.ts";
import { type AlarmStore, describedAlarm } from "./alarm-store.ts";
import { cloudWatchError } from "./cloudwatch-error.ts";
import { readMetric } from "./metric-stat.ts";
import { pageFrom } from "./page-from.ts";

const states: readonly string[] = ["OK", "ALARM", "INSUFFICIENT_DATA"] satisfies AlarmState[];

export function putMetricAlarm(alarms: AlarmStore): Operation {
  return (input, call) => {
    alarms.put(readAlarm(input, call));
    return {};
  };
}

export function describeAlarms(alarms: AlarmStore): Operation {
  return (input, call) => {
    const names = texts(input, "AlarmNames");
    const prefix = text(input, "AlarmNamePrefix") ?? "";
    const state = text(input, "StateValue");
    const types = texts(input, "AlarmTypes") ?? ["MetricAlarm"];
    const found = alarms
      .current(call, call.now)
      .filter(
        (alarm) =>
          types.includes("MetricAlarm") &&
          (names === undefined || names.includes(alarm.name)) &&
          alarm.name.startsWith(prefix) &&
          (state === undefined || alarm.state === state),
      );
    const { items, NextToken } = pageFrom(input, found, { sizeMember: "MaxRecords", most: 100, standard: 50 });
    return { MetricAlarms: items.map(describedAlarm), CompositeAlarms: [], NextToken };
  };
}

export function describeAlarmsForMetric(alarms: AlarmStore): Operation {
  return (input, call) => {
    const wanted = JSON.stringify(readMetric(input));
    const found = alarms.current(call, call.now).filter(({ queries }) =>
      queries.some(({ source }) => {
        if (!("stat" in source)) return false;
        const { namespace, name, dimensions } = source.stat;
        return JSON.stringify({ namespace, name, dimensions }) === wanted;
      }),
    );
    return { MetricAlarms: found.map(describedAlarm) };
  };
}

export function describeAlarmHistory(alarms: AlarmStore): Operation {
  return (input, call) => {
    alarms.current(call, call.now);
    const name = text(input, "AlarmName");
    const changes = alarms.history(call).filter(({ alarm }) => name === undefined || alarm === name);
    const newestFirst = (text(input, "ScanBy") ?? "TimestampDescending") === "TimestampDescending";
    const items = changes.map(({ alarm, at, from, to, reason }) => ({
      AlarmName: alarm,
      AlarmType: "MetricAlarm",
      Timestamp: new Timestamp(at),
      HistoryItemType: "StateUpdate",
      HistorySummary: `Alarm updated from ${from} to ${to}`,
      HistoryData: JSON.stringify({
        version: "1.0",
        oldState: { stateValue: from },
        newState: { stateValue: to, stateReason: reason },
      }),
    }));
    const page = pageFrom(input, newestFirst ? items.reverse() : items, { sizeMember: "MaxRecords", most: 100 });
    return { AlarmHistoryItems: page.items, NextToken: page.NextToken };
  };
}

export function setAlarmState(alarms: AlarmStore): Operation {
  return (input, call) => {
    const alarm = alarms.find(call, text(input, "AlarmName") ?? "");
    const state = text(input, "StateValue") ?? "";
    if (!states.includes(state)) {
      throw cloudWatchError(
        "ValidationException",
        `1 validation error detected: Value '${state}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [${states.join(", ")}]`,
      );
    }
    if (alarm === undefined) throw cloudWatchError("ResourceNotFound", "Unknown");
    alarms.setByHand(alarm, state as AlarmState, text(input, "StateReason") ?? "", call.now);
    return {};
  };
}

/** All of the alarms or, when one is unknown, none. */
export function deleteAlarms(alarms: AlarmStore): Operation {
  return (input, call) => {
    const names = texts(input, "AlarmNames") ?? [];
    const unknown = names.filter((name) => alarms.find(call, name) === undefined);
    if (names.length > 100)
      throw cloudWatchError("InvalidParameterValueException", "At most 100 alarms can be deleted at once.");
    if (unknown.length > 0 && names.length > 1)
      throw cloudWatchError("ResourceNotFound", `Unknown alarms: ${unknown.join(", ")}`);
    for (const name of names) alarms.delete(call, name);
    return {};
  };
}
