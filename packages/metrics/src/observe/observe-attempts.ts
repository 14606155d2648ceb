import type { CounterSeries } from "../counter-series.ts";
import { failureIn, numberIn, type Observation, operationIn, wordIn } from "./observation.ts";

const mostOperations = 1_000;

/** Records attempts, retries and giving up; timeouts, hedges and fallbacks; and what a retry budget has left. */
export function observeAttempts(policy: object, observation: Observation): void {
  const { instruments, name } = observation;
  const count = (event: string, metric: "policyAttempts" | "policyTimeouts" | "policyHedges" | "policyFallbacks") => {
    const byOperation = new Map<string | undefined, CounterSeries>(); // resolved once: attempts come with every call
    observation.on(policy, event, (facts) => {
      const operation = operationIn(facts);
      let series = byOperation.get(operation);
      if (series === undefined) {
        series = observation.keep(instruments[metric].with({ policy: name, operation }));
        if (byOperation.size < mostOperations) byOperation.set(operation, series);
      }
      series.add();
    });
  };
  count("onAttempt", "policyAttempts");
  count("onTimeout", "policyTimeouts");
  count("onHedge", "policyHedges");
  count("onFallback", "policyFallbacks");
  observation.on(policy, "onRetry", (facts) => {
    const dimensions = { policy: name, operation: operationIn(facts), reason: failureIn(facts) };
    observation.keep(instruments.policyRetries.with(dimensions)).add();
    const delayMs = numberIn(facts, "delayMs", "delay"); // cockatiel's has no unit in its name, and is milliseconds too
    if (delayMs !== undefined) observation.keep(instruments.policyRetryDelay.with({ policy: name })).record(delayMs);
  });
  observation.on(policy, "onGiveUp", (facts) => {
    const stopReason = wordIn(facts, "stopReason");
    const dimensions = { policy: name, operation: operationIn(facts), stopReason };
    observation.keep(instruments.policyGiveUps.with(dimensions)).add();
  });
  observation.on(policy, "onDenied", () => {
    observation.keep(instruments.retryBudgetDenied.with({ policy: name })).add();
  });
  if ("level" in policy) {
    const level = () => numberIn(policy as Readonly<Record<string, unknown>>, "level");
    observation.until(instruments.retryBudgetLevel.observe(level, { policy: name }));
  }
}
