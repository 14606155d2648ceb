import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { failureFacts } from "../replication/failure-facts.ts";
import type { Replicator } from "../replication/open-replicator.ts";
import { readSecretState } from "../replication/secret-state.ts";
import type { ConfigurationSecrets } from "../settings/configuration-secrets.ts";
import type { DestinationSettings } from "../settings/destination-list.ts";
import type { Environment } from "../settings/environment.ts";
import { loadDestinations } from "./load-destinations.ts";
import { planDelivery } from "./plan-delivery.ts";
import { readEvent, type SecretReference } from "./read-event.ts";

/** What became of an event at one destination. Holds no secret's value. */
export interface DestinationResult {
  readonly region: string;
  readonly roleArn: string | undefined;
  /** `skipped`: nothing of it belongs there. `failed`: nothing was changed. `rolled-back`, `parked`: as in a run. */
  readonly outcome: "replicated" | "skipped" | "failed" | "rolled-back" | "parked";
  /** The secrets that were to be replicated there. */
  readonly secrets: readonly string[];
  /** Why it was skipped, or failed. */
  readonly reason: string | undefined;
  /** What kind of failure it was, as `classify` says. */
  readonly errorType: string | undefined;
}

export interface EventReport {
  /** `partial`: some destinations have it, others do not and are as they were. */
  readonly outcome: "replicated" | "partial" | "failed" | "ignored";
  /** Why the event was ignored. */
  readonly reason: string | undefined;
  /** The secrets that the event names. */
  readonly secretIds: readonly string[];
  readonly destinations: readonly DestinationResult[];
}

export interface ReplicateEventOptions {
  readonly replicator: Replicator;
  readonly environment: Environment;
  /** The replicator's own region: its configuration is there, and secrets whose event names no region. */
  readonly region: string;
  readonly configuration: ConfigurationSecrets;
  readonly signal: AbortSignal;
}

/**
 * Brings the secrets that an event names to every destination, each by itself: one that fails is undone and reported, and
 * the others go on.
 *
 * @throws HoldfastError for what is no event, and for wrong settings; what reading the settings throws.
 */
export async function replicateEvent(event: unknown, options: ReplicateEventOptions): Promise<EventReport> {
  const request = readEvent(event);
  if ("ignored" in request) {
    return { outcome: "ignored", reason: request.ignored, secretIds: [], destinations: [] };
  }
  const { replicator, environment, region, signal } = options;
  const from = request.secrets[0]?.region ?? region;
  const secretIds = request.secrets.map(({ id }) => id);
  const source = replicator.clientIn(SecretsManagerClient, from);
  const [names, settings] = await Promise.all([
    resolveNames(source, request.secrets, signal),
    loadDestinations(options.configuration, environment, signal),
  ]);
  const destinations = await Promise.all(settings.map((one) => deliverTo(one, from, names, options)));
  return { outcome: outcomeOf(destinations), reason: undefined, secretIds, destinations };
}

/** The names of the secrets, as Secrets Manager has them: neither a whole ARN nor a part of one tells them for sure. */
function resolveNames(
  source: SecretsManagerClient,
  secrets: readonly SecretReference[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  return Promise.all(
    secrets.map(async ({ id }) => (await readSecretState(source, id, signal))?.name ?? id), // one that is gone fails by its id
  );
}

async function deliverTo(
  destination: DestinationSettings,
  from: string,
  names: readonly string[],
  options: ReplicateEventOptions,
): Promise<DestinationResult> {
  const { region, roleArn } = destination;
  const place = { region, roleArn };
  try {
    const plan = await planDelivery(destination, names, options);
    if ("skipped" in plan) {
      return { ...place, outcome: "skipped", secrets: [], reason: plan.skipped, errorType: undefined };
    }
    const request = {
      ...plan,
      from,
      at: { region, roleArn, externalId: destination.externalId },
      description: `replicate ${plan.names.join(", ")} from ${from} to ${region}`,
      variables: destination.variables,
      maxBytes: options.environment.maxSecretBytes,
      kmsKeyId: destination.kmsKeyId,
      concurrency: 16,
      signal: options.signal,
    };
    let report = await options.replicator.deliver(request);
    // One change of a secret is often several events at once: whoever was slower finds, on a second look, what is there.
    if (report.outcome === "rolled-back" && failureFacts(report.failure?.error).kind === "conflict") {
      report = await options.replicator.deliver(request);
    }
    const { outcome, failure, parked, undone } = report;
    if (failure === undefined) {
      return { ...place, outcome: "replicated", secrets: plan.names, reason: undefined, errorType: undefined };
    }
    const left = parked.length === 0 ? "" : `; not undone: ${parked.join(", ")}`;
    const undoneAll = undone === 0 ? "failed" : "rolled-back";
    return {
      ...failed(place, plan.names, failure.error, left),
      outcome: outcome === "parked" ? "parked" : undoneAll,
    };
  } catch (error) {
    return failed(place, names, error, "");
  }
}

function failed(
  place: Pick<DestinationResult, "region" | "roleArn">,
  secrets: readonly string[],
  error: unknown,
  left: string,
): DestinationResult {
  const { kind, says } = failureFacts(error);
  return { ...place, outcome: "failed", secrets, reason: `${says}${left}`, errorType: kind };
}

function outcomeOf(destinations: readonly DestinationResult[]): EventReport["outcome"] {
  const failures = destinations.filter(({ outcome }) => outcome !== "replicated" && outcome !== "skipped").length;
  if (failures === 0) return "replicated";
  return destinations.some(({ outcome }) => outcome === "replicated") ? "partial" : "failed";
}
