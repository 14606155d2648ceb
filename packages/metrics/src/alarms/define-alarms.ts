import type { MetricDefinition, MetricDefinitions } from "../metric-definition.ts";
import { OptionError } from "../option-error.ts";
import { assertInteger, assertKnownOptions, assertText } from "../options.ts";
import type { AlarmDefinition, AlarmsOn } from "./alarm-definition.ts";

/**
 * Checks alarms against the metrics they watch, and returns them unchanged. An alarm on a metric that does not exist, on a form of it that
 * is never sent, or on a percentile of a counter could never fire: it is refused here.
 *
 * @throws OptionError naming the alarm and what it lacks.
 */
export function defineAlarms<const Definitions extends MetricDefinitions, const Alarms extends AlarmsOn<Definitions>>(
  definitions: Definitions,
  alarms: Alarms,
): Alarms {
  for (const [name, alarm] of Object.entries(alarms)) check(name, alarm, definitions);
  return alarms;
}

function check(name: string, alarm: AlarmDefinition, definitions: MetricDefinitions): void {
  assertText(`alarms.${name}`, name, /^[a-z][A-Za-z0-9]{0,99}$/, "a name in camelCase");
  const definition = definitions[alarm.metric];
  if (definition === undefined) throw new OptionError(`${name}.metric`, "a metric of the definitions", alarm.metric);
  assertKnownOptions(`the alarm ${name}`, alarm, memberNames);
  assertForm(name, alarm, definition);
  const percentile = alarm.statistic.startsWith("p");
  if (percentile && definition.kind !== "timer" && definition.kind !== "distribution") {
    throw new OptionError(`${name}.statistic`, `one that a ${definition.kind} has`, alarm.statistic);
  }
  if (!Number.isFinite(alarm.threshold)) throw new OptionError(`${name}.threshold`, "a finite number", alarm.threshold);
  if (alarm.periodSeconds !== 10 && alarm.periodSeconds !== 30 && alarm.periodSeconds % 60 !== 0) {
    throw new OptionError(`${name}.periodSeconds`, "10, 30 or a multiple of 60", alarm.periodSeconds);
  }
  if (alarm.periodSeconds < 60 && definition.resolutionSeconds !== 1) {
    throw new OptionError(`${name}.periodSeconds`, "≥ 60, as the metric's resolution is", alarm.periodSeconds);
  }
  assertInteger(`${name}.periodSeconds`, alarm.periodSeconds, 10, 86_400);
  const { evaluationPeriods = 1, datapointsToAlarm = evaluationPeriods } = alarm;
  assertInteger(`${name}.evaluationPeriods`, evaluationPeriods, 1, 100);
  assertInteger(`${name}.datapointsToAlarm`, datapointsToAlarm, 1, evaluationPeriods);
  assertText(`${name}.description`, alarm.description, /\S/, "a sentence");
}

const memberNames = {
  metric: 0,
  statistic: 0,
  comparison: 0,
  threshold: 0,
  periodSeconds: 0,
  evaluationPeriods: 0,
  datapointsToAlarm: 0,
  missingData: 0,
  dimensions: 0,
  description: 0,
  severity: 0,
};

/** CloudWatch adds nothing up over dimensions: a series is there only if the metric is sent with exactly these. */
function assertForm(name: string, { dimensions = {}, metric }: AlarmDefinition, definition: MetricDefinition): void {
  const { dimensions: all = [], rollups = [[]] } = definition;
  const given = Object.keys(dimensions).toSorted().join();
  const forms = [all, ...rollups].map((form) => form.toSorted().join());
  if (forms.includes(given)) return;
  const expected = forms.map((form) => `{${form}}`).join(" or ");
  throw new OptionError(`${name}.dimensions`, `a form in which ${metric} is sent: ${expected}`, `{${given}}`);
}
