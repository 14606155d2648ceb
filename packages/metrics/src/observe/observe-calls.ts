import type { TimerSeries } from "../timer-series.ts";
import { numberIn, type Observation } from "./observation.ts";

/**
 * Records how long calls take and how they end: what every policy of cockatiel's shape tells. A retry's `onFailure` comes
 * with each attempt; ours, known by the `kind` it says itself, tells of the call that failed in `onGiveUp`.
 */
export function observeCalls(policy: object, observation: Observation, policyKind: string | undefined): void {
  if (!("onSuccess" in policy)) return; // an SDK's retry strategy: it sees failures, and no call
  const { instruments, name } = observation;
  const isOurRetry = (policy as { readonly kind?: unknown }).kind === "retry";
  for (const [event, outcome] of [
    ["onSuccess", "success"],
    [isOurRetry ? "onGiveUp" : "onFailure", "failure"],
  ] as const) {
    let series: TimerSeries | undefined; // resolved once: one of these events comes with every call
    observation.on(policy, event, (facts) => {
      series ??= observation.keep(instruments.policyDuration.with({ policy: name, policyKind, outcome }));
      const duration = numberIn(facts, "duration", "elapsedMs");
      if (duration !== undefined) series.record(duration);
    });
  }
}
