import type { TimerSeries } from "../timer-series.ts";
import { numberIn, type Observation } from "./observation.ts";

/** Records how long calls take and how they end: what every policy of cockatiel's shape tells. */
export function observeCalls(policy: object, observation: Observation, policyKind: string | undefined): void {
  const { instruments, name } = observation;
  for (const [event, outcome] of [
    ["onSuccess", "success"],
    ["onFailure", "failure"],
  ] as const) {
    let series: TimerSeries | undefined; // resolved once: one of these events comes with every call
    observation.on(policy, event, (facts) => {
      series ??= observation.keep(instruments.policyDuration.with({ policy: name, policyKind, outcome }));
      const duration = numberIn(facts, "duration", "durationMs");
      if (duration !== undefined) series.record(duration);
    });
  }
}
