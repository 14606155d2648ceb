import { type CircuitsByKey, circuitsByKey, type StateChangeEvent } from "@holdfast/circuit-breaker";
import { compose } from "@holdfast/errors";
import type { CallDetails, ComposablePolicy } from "@holdfast/errors/policy";
import { type AdaptiveLimiter, adaptiveLimiter } from "@holdfast/limiter";
import { exponential, type RetryPolicy, retry, type TimeoutPolicy, timeout } from "@holdfast/retry";
import type { Figures } from "./figures.ts";

/** The policies that every call to AWS goes through, outermost first. */
export interface Pipeline {
  readonly policy: ComposablePolicy;
  readonly retry: RetryPolicy;
  readonly circuits: CircuitsByKey;
  readonly limiter: AdaptiveLimiter;
  readonly timeout: TimeoutPolicy;
}

export interface PipelineOptions {
  /** How long one call may take in all, in milliseconds. */
  readonly patienceMs: number;
  readonly figures: Figures;
  readonly onCircuit: (event: StateChangeEvent) => void;
}

/**
 * Retry, then a circuit for each account, region and service, then a limiter for each account, region and group of
 * operations, then a timeout for the attempt.
 *
 * Throttling teaches the limiter and opens no circuit. An outage opens the circuit, whose probes find its end, and
 * retry waits for them: that costs no attempt.
 */
export function openPipeline({ patienceMs, figures, onCircuit }: PipelineOptions): Pipeline {
  const retryPolicy = retry({
    name: "aws",
    maxAttempts: 12,
    backoff: exponential({ baseMs: 20, maxMs: 200 }), // the limiter does the pacing,
    maxElapsedMs: patienceMs,
    whenCircuitOpen: "wait",
    uncounted: (_, { kind }) => kind === "circuit-open" || kind === "limit-reached",
  });
  const circuits = circuitsByKey({
    name: "aws",
    key: failureDomain,
    capacity: 1_000,
    consecutiveFailures: 5,
    openMs: { initialMs: 500, factor: 1.5, maxMs: 5_000 },
    halfOpen: { probes: 1, probeTimeoutMs: 10_000, others: "queue" }, // who waits goes on at once when the probe succeeds
  });
  const limiter = adaptiveLimiter({ name: "aws" });
  const attemptTimeout = timeout({ timeoutMs: 10_000 });

  retryPolicy.onAttempt(() => {
    figures.attempts += 1;
  });
  retryPolicy.onRetry(({ delayMs, classification }) => {
    if (classification?.kind !== "circuit-open") figures.retries += 1; // nothing was sent, so nothing is sent again
    figures.waitedMs += delayMs;
  });
  circuits.onStateChange(onCircuit);
  circuits.onReject(() => {
    figures.refused += 1;
  });
  limiter.onThrottle(() => {
    figures.throttled += 1;
  });
  limiter.onAdmit(({ waitedMs }) => {
    figures.waitedMs += waitedMs;
  });

  return {
    policy: compose(retryPolicy, circuits, limiter, attemptTimeout),
    retry: retryPolicy,
    circuits,
    limiter,
    timeout: attemptTimeout,
  };
}

/** What fails together: one service of one account in one region. */
function failureDomain(call: CallDetails | undefined): string {
  return `${call?.accountId ?? call?.identity ?? "-"}/${call?.region ?? "-"}/${call?.service ?? "-"}`;
}
