import type { CircuitBreakerOptions } from "./circuit-breaker-options.ts";

/** Every option of a circuit: any other name is a mistake. */
export const circuitOptionNames: Readonly<Record<keyof CircuitBreakerOptions, true>> = {
  name: true,
  consecutiveFailures: true,
  failureRatio: true,
  slowCallMs: true,
  slowCallRatio: true,
  window: true,
  minimumCalls: true,
  breaker: true,
  openMs: true,
  maxServerHintMs: true,
  halfOpen: true,
  rampUp: true,
  mode: true,
  classify: true,
  judge: true,
  isFailure: true,
  filter: true,
  stack: true,
  snapshot: true,
  onStateChange: true,
  onReject: true,
  clock: true,
  random: true,
};
