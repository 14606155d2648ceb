import type { Fields } from "../protocol/protocol.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { ServiceCall } from "../server/service.ts";
import type { Alarm } from "./alarm.ts";
import { type AlarmState, evaluateAlarm } from "./alarm-evaluation.ts";
import { evaluateQueries } from "./get-metric-data.ts";
import type { MetricStore } from "./metric-store.ts";

/** Periods read beyond those to be evaluated, to find enough real values; AWS does so too, by a number of its own. */
const extraPeriods = 2;
const mostSteps = 1_440;
const historyKept = 1_000;

export interface AlarmChange {
  readonly alarm: string;
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}

type Place = Pick<ServiceCall, "account" | "region">;

/** The alarms of every account and region. They are brought up to date when asked for: once for each minute gone by. */
export class AlarmStore {
  readonly #metrics: MetricStore;
  readonly #alarms = new Map<string, Alarm>();
  readonly #history = new Map<string, AlarmChange[]>();

  constructor(metrics: MetricStore) {
    this.#metrics = metrics;
  }

  /** Puts an alarm in place; one of the same name keeps its state. */
  put(alarm: Alarm): void {
    const key = keyOf(alarm, alarm.name);
    const before = this.#alarms.get(key);
    if (before !== undefined) {
      alarm.state = before.state;
      alarm.reason = before.reason;
      alarm.stateUpdatedAt = before.stateUpdatedAt;
    }
    this.#alarms.set(key, alarm);
  }

  find(place: Place, name: string): Alarm | undefined {
    return this.#alarms.get(keyOf(place, name));
  }

  delete(place: Place, name: string): void {
    this.#alarms.delete(keyOf(place, name));
  }

  /** All alarms of a place, up to date, by name. */
  current(place: Place, now: number): readonly Alarm[] {
    const prefix = keyOf(place, "");
    const alarms = [...this.#alarms].filter(([key]) => key.startsWith(prefix)).map(([, alarm]) => alarm);
    for (const alarm of alarms) this.#bringUpToDate(alarm, now);
    return alarms.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Sets the state by hand; it holds until the next minute is evaluated. */
  setByHand(alarm: Alarm, state: AlarmState, reason: string, now: number): void {
    alarm.setByHandAt = now;
    this.#setState(alarm, state, reason, now);
  }

  #setState(alarm: Alarm, state: AlarmState, reason: string, now: number): void {
    if (alarm.state !== state) this.#record(alarm, state, reason, now);
    alarm.state = state;
    alarm.reason = reason;
    alarm.stateUpdatedAt = now;
  }

  history(place: Place): readonly AlarmChange[] {
    return this.#history.get(keyOf(place, "")) ?? [];
  }

  // Each minute gone by is evaluated, oldest first, so that a state that is to be kept is the right one.
  #bringUpToDate(alarm: Alarm, now: number): void {
    const step = Math.min(alarm.periodMs, 60_000);
    const last = now - (now % step);
    const next = alarm.evaluatedTo === undefined ? last : Math.min(alarm.evaluatedTo + step, last); // data may have come since
    for (let end = Math.max(next, last - mostSteps * step); end <= last; end += step) {
      if (end > (alarm.setByHandAt ?? Number.NEGATIVE_INFINITY)) this.#evaluate(alarm, end);
    }
    alarm.evaluatedTo = last;
  }

  #evaluate(alarm: Alarm, end: number): void {
    const values = this.#valuesBefore(alarm, end);
    const state = evaluateAlarm({ ...alarm, values });
    if (state !== alarm.state) this.#setState(alarm, state, reasonOf(alarm, values), end);
  }

  /** The values of the periods that end at `end`, newest first. */
  #valuesBefore(alarm: Alarm, end: number): (number | undefined)[] {
    const periods = alarm.evaluationPeriods + extraPeriods;
    const start = end - periods * alarm.periodMs;
    const values = evaluateQueries(this.#metrics, alarm.queries, alarm, start / 1_000, end / 1_000)(alarm.watched);
    return Array.from({ length: periods }, (_, index) => values.get(end - (index + 1) * alarm.periodMs));
  }

  #record(alarm: Alarm, to: AlarmState, reason: string, at: number): void {
    const key = keyOf(alarm, "");
    const changes = this.#history.get(key) ?? [];
    changes.push({ alarm: alarm.name, at, from: alarm.state, to, reason });
    if (changes.length > historyKept) changes.shift();
    this.#history.set(key, changes);
  }
}

/** An alarm as DescribeAlarms gives it. */
export function describedAlarm(alarm: Alarm): Fields {
  return {
    ...alarm.described,
    AlarmName: alarm.name,
    AlarmConfigurationUpdatedTimestamp: new Timestamp(alarm.updatedAt),
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateUpdatedTimestamp: new Timestamp(alarm.stateUpdatedAt),
    StateTransitionedTimestamp: new Timestamp(alarm.stateUpdatedAt),
  };
}

function keyOf({ account, region }: Place, name: string): string {
  return `${account}/${region}/${name}`;
}

function reasonOf({ datapointsToAlarm, evaluationPeriods }: Alarm, values: readonly (number | undefined)[]): string {
  const shown = values.slice(0, evaluationPeriods).map((value) => value ?? "missing");
  return `Threshold check: ${datapointsToAlarm} out of the last ${evaluationPeriods} datapoints decide, newest first [${shown.join(", ")}]`;
}
