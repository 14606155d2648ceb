import type { TimerSeries } from "../timer-series.ts";
import { type EventFacts, numberIn, type Observation, operationIn, wordIn } from "./observation.ts";

/** Records what a limiter or bulkhead refuses and how long calls wait, and its rate, queue and calls in flight at each flush. */
export function observeLimiter(policy: object, observation: Observation): void {
  const { instruments, name } = observation;
  observation.on(policy, "onThrottle", (facts) => {
    observation.keep(instruments.limiterThrottles.with({ policy: name, operation: operationIn(facts) })).add();
  });
  observation.on(policy, "onReject", (facts) => {
    observation.keep(instruments.limiterRejections.with({ policy: name, reason: wordIn(facts, "reason") })).add();
  });
  let wait: TimerSeries | undefined; // resolved once: this event comes with every call
  observation.on(policy, "onAdmit", (facts) => {
    wait ??= observation.keep(instruments.limiterWait.with({ policy: name }));
    const waitedMs = numberIn(facts, "waitedMs");
    if (waitedMs !== undefined) wait.record(waitedMs);
  });
  const { snapshot } = policy as { readonly snapshot?: unknown };
  if (typeof snapshot !== "function") return;
  const read = (fact: string) => () => numberIn(snapshot.call(policy) as EventFacts, fact);
  observation.until(instruments.limiterRate.observe(read("perSecond"), { policy: name }));
  observation.until(instruments.limiterInFlight.observe(read("inFlight"), { policy: name }));
  observation.until(instruments.limiterWaiting.observe(read("waiting"), { policy: name }));
}
