import { numberIn, type Observation } from "./observation.ts";

/** Records how long calls take and how they end: what every policy of cockatiel's shape tells. */
export function observeCalls(policy: object, observation: Observation, policyKind: string | undefined): void {
  const { instruments, name } = observation;
  for (const [event, outcome] of [
    ["onSuccess", "success"],
    ["onFailure", "failure"],
  ] as const) {
    observation.on(policy, event, (facts) => {
      const duration = numberIn(facts, "duration", "durationMs");
      const series = observation.keep(instruments.policyDuration.with({ policy: name, policyKind, outcome }));
      if (duration !== undefined) series.record(duration);
    });
  }
}
