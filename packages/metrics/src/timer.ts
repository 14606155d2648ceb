import { DistributionRecorder } from "./distribution.ts";
import type { DefinitionOptions, KindOf } from "./metric-definition.ts";
import type { Given } from "./series-set.ts";
import { type Stopwatch, startStopwatch, TimerSeries } from "./timer-series.ts";

/** Defines a metric of how long, in milliseconds, with percentiles. */
export function timer<const Given extends DefinitionOptions>(given: Given): Given & KindOf<"timer"> {
  return { ...given, kind: "timer", recorder: TimerRecorder };
}

class TimerRecorder extends DistributionRecorder {
  start(): Stopwatch<[given?: Given]> {
    return startStopwatch(this.host.clock, (durationMs, given) => this.record(durationMs, given));
  }

  protected override make(dimensions: Readonly<Record<string, string>>): TimerSeries {
    return new TimerSeries(dimensions, this);
  }
}
