import { assertKnownOptions } from "@holdfast/errors/policy";
import type { CircuitBreakerOptions } from "./circuit-breaker-options.ts";
import { CircuitBreaker } from "./circuit-breaker-policy.ts";
import { circuitOptionNames } from "./circuit-option-names.ts";
import { settingsFrom } from "./circuit-settings.ts";

/**
 * Makes no call while calls cannot help: refuses them at once when the service behind has failed too often, lets a
 * few through after a while to find out, and all of them once those succeed.
 *
 * What counts is decided by `classify`: faults of the service, timeouts, network failures and errors it does not
 * know do; a caller's mistakes, aborts, throttling, and refusals by other policies do not.
 *
 * @throws OptionError at once if an option is wrong.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  assertKnownOptions("circuitBreaker()", options, circuitOptionNames);
  const breaker = new CircuitBreaker(options.name ?? "circuit", settingsFrom(options));
  if (options.onStateChange !== undefined) breaker.onStateChange(options.onStateChange);
  if (options.onReject !== undefined) breaker.onReject(options.onReject);
  if (options.snapshot !== undefined) breaker.restore(options.snapshot);
  return breaker;
}
