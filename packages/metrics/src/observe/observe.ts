import { assertKnownOptions, assertOption, assertText } from "../options.ts";
import { Observation, type PolicyInstruments } from "./observation.ts";
import { observeAttempts } from "./observe-attempts.ts";
import { observeCalls } from "./observe-calls.ts";
import { observeCircuit } from "./observe-circuit.ts";
import { observeFactory } from "./observe-factory.ts";
import { observeJournal } from "./observe-journal.ts";
import { observeLimiter } from "./observe-limiter.ts";

export interface ObserveOptions {
  /** Metrics whose definitions include `policyMetrics`. */
  readonly metrics: { readonly instruments: PolicyInstruments };
  /** The `policy` dimension of everything recorded: 1 to 100 characters. Two policies of one name and kind add up. */
  readonly name: string;
}

/**
 * Records the events of a policy: ours, cockatiel's, or a composition of them, whose parts are observed under the same name.
 * It listens and never changes a call. Dispose of the result to detach; what was recorded is still flushed, then its series are forgotten.
 *
 * @throws OptionError if `policy` has nothing to observe, the metrics lack those of `policyMetrics`, the name is empty or too long, or on an
 * option that it does not have.
 */
export function observe(policy: object, options: ObserveOptions): { dispose(): void } {
  assertKnownOptions("observe()", options, { metrics: 0, name: 0 });
  const { metrics, name } = options;
  assertText("name", name, /^.{1,100}$/s, "1 to 100 characters");
  assertOption(
    isObservable(policy),
    "policy",
    "a policy, a client factory or a journal: something with events",
    policy,
  );
  const { instruments } = metrics ?? {};
  const defined = instruments !== undefined && "policyDuration" in instruments;
  assertOption(defined, "metrics", "made by createMetrics() with `policyMetrics` among its definitions", metrics);
  const observation = new Observation(name, instruments);
  attach(policy, observation);
  return observation;
}

function isObservable(policy: object): boolean {
  return Object(policy) === policy && ("wrapped" in policy || "kind" in policy || "onSuccess" in policy);
}

function attach(policy: object, observation: Observation): void {
  const { kind, wrapped } = policy as { readonly kind?: unknown; readonly wrapped?: unknown };
  if (Array.isArray(wrapped)) {
    for (const part of wrapped) attach(part, observation);
    return;
  }
  const policyKind = typeof kind === "string" ? kind : kindOf(policy);
  switch (policyKind) {
    case "client-factory":
      observeFactory(policy, observation);
      return;
    case "journal":
      observeJournal(policy, observation);
      return;
    case "circuit-breaker":
    case "circuits":
      observeCircuit(policy, observation);
      break;
    case "bulkhead":
    case "rate-limiter":
    case "adaptive-limiter":
      observeLimiter(policy, observation);
      break;
    default:
      observeAttempts(policy, observation);
  }
  observeCalls(policy, observation, policyKind);
}

/** What a policy that does not say is, by the events it has: cockatiel's. */
function kindOf(policy: object): string | undefined {
  if ("onBreak" in policy) return "circuit-breaker";
  if ("onReject" in policy) return "bulkhead";
  if ("onRetry" in policy) return "retry";
  return "onTimeout" in policy ? "timeout" : undefined;
}
