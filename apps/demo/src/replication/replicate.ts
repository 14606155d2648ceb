import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { HoldfastError } from "@holdfast/errors";
import type { Journal, Transaction } from "@holdfast/rollback";
import { ownPrefix } from "../settings/configuration-secrets.ts";
import type { Rename } from "../settings/rename-rule.ts";
import type { Transform } from "../transforms/transform.ts";
import type { Variables } from "../transforms/variables.ts";
import type { Destination, DestinationOperations } from "./destination-operations.ts";
import { planSecret, type SecretPlan } from "./plan-secret.ts";
import type { ReplicationEvent, SecretOutcome } from "./replication-event.ts";

/** What to bring to one destination, and how. */
export interface Delivery {
  /** Region of the source. */
  readonly from: string;
  readonly at: Destination;
  /** What the journal calls this run. */
  readonly description: string;
  /** Secrets to replicate. */
  readonly names: readonly string[];
  readonly rename: Rename;
  /** What changes a secret's text on its way; `undefined` leaves it. */
  readonly transformOf: (name: string) => Transform | undefined;
  readonly variables: Variables;
  readonly maxBytes: number;
  readonly kmsKeyId: string | undefined;
  /** Secrets worked on at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

export interface ReplicateOptions extends Delivery {
  readonly source: SecretsManagerClient;
  readonly destination: SecretsManagerClient;
  readonly journal: Journal;
  readonly operations: DestinationOperations;
  readonly onEvent: (event: ReplicationEvent) => void;
}

export interface ReplicationReport {
  /** `rolled-back`: something failed and all is as it was. `parked`: something failed and not all could be undone. */
  readonly outcome: "replicated" | "rolled-back" | "parked";
  readonly secrets: Readonly<Record<SecretOutcome, number>>;
  /** The first failure; `undefined` for `replicated`. */
  readonly failure: { readonly name: string; readonly error: unknown } | undefined;
  readonly undone: number;
  /** What a person has to look at, by secret. */
  readonly parked: readonly string[];
}

/**
 * Brings the secrets to the destination, as one transaction: all of them, or, when one fails, all changes
 * undone, last first. A secret that is already as it should be is not written.
 *
 * @throws HoldfastError for names that cannot be those at the destination, before anything is read; every later failure is in the
 * report.
 */
export async function replicate(options: ReplicateOptions): Promise<ReplicationReport> {
  const { journal, description, names, concurrency, signal, onEvent } = options;
  assertNames(names, options);
  onEvent({ type: "listed", total: names.length });
  const transaction = await journal.begin(description, { expectedSteps: names.length });
  const giveUp = new AbortController();
  const secrets: Record<SecretOutcome, number> = {
    created: 0,
    updated: 0,
    unchanged: 0,
    skipped: 0,
    failed: 0,
    "not-tried": 0,
  };
  let failure: ReplicationReport["failure"];
  let failedAfterMs = 0;
  const work = async (name: string) => {
    const started = performance.now();
    const outcome = await replicateOne(options, transaction, name, AbortSignal.any([signal, giveUp.signal])).catch(
      (error: unknown) => {
        if (failure !== undefined) return "not-tried" as const;
        failure = { name, error };
        failedAfterMs = performance.now() - started;
        giveUp.abort(error);
        return "failed" as const;
      },
    );
    secrets[outcome] += 1;
    onEvent({ type: "secret", name, outcome });
  };
  await forEachAtOnce(names, concurrency, work);

  if (failure === undefined) {
    await transaction.commit();
    return { outcome: "replicated", secrets, failure, undone: 0, parked: [] };
  }
  const { name, error } = failure;
  onEvent({ type: "rolling-back", name, error, durationMs: failedAfterMs });
  const { outcome, undone, parked } = await transaction.rollback(
    `${name} failed: ${(error as Error)?.name ?? "unknown error"}`,
  );
  return {
    outcome,
    secrets,
    failure,
    undone: undone.length,
    parked: parked.map(({ name: step, operation }) => step ?? operation),
  };
}

function assertNames(names: readonly string[], { rename, from, at }: ReplicateOptions): void {
  const sourceByDestination = new Map<string, string>();
  for (const name of names) {
    const destination = rename(name);
    if (destination === undefined) continue;
    if (destination.startsWith(ownPrefix)) {
      throw new HoldfastError(
        `${name} would be ${destination} at the destination, which configures a replicator; nothing was changed`,
        {
          code: "REPLICATE_OWN_NAME",
          kind: "configuration",
          remediation: [{ text: `Give it a name that does not begin with ${ownPrefix}` }],
        },
      );
    }
    if (destination === name && at.region === from && at.roleArn === undefined) {
      throw new HoldfastError(`${name} at the destination is the source itself; nothing was changed`, {
        code: "REPLICATE_ONTO_ITSELF",
        kind: "configuration",
        remediation: [{ text: "Give another region, a role of another account, or another name" }],
      });
    }
    const other = sourceByDestination.get(destination);
    if (other !== undefined) {
      throw new HoldfastError(
        `${other} and ${name} would both be ${destination} at the destination; nothing was changed`,
        {
          code: "REPLICATE_SAME_NAME",
          kind: "configuration",
          remediation: [{ text: "Give --rename a template that keeps names apart, or leave one out by --filter" }],
        },
      );
    }
    sourceByDestination.set(destination, name);
  }
}

async function replicateOne(
  options: ReplicateOptions,
  transaction: Transaction,
  sourceName: string,
  signal: AbortSignal,
): Promise<SecretOutcome> {
  signal.throwIfAborted();
  const { at, operations, onEvent } = options;
  const destinationName = options.rename(sourceName);
  if (destinationName === undefined) return "skipped";
  const transform = options.transformOf(sourceName);
  const plan = await planSecret({ ...options, sourceName, destinationName, transform, signal });
  signal.throwIfAborted();
  if (plan.transformed !== undefined) onEvent({ type: "transformed", name: sourceName, ...plan.transformed });
  const started = performance.now();
  const outcome = await carryOut(plan, transaction, operations, at, signal);
  if (outcome !== "unchanged")
    onEvent({
      type: "written",
      name: sourceName,
      mode: plan.transformed?.mode ?? "none",
      durationMs: performance.now() - started,
      bytes: plan.bytes,
    });
  return outcome;
}

async function carryOut(
  plan: SecretPlan,
  transaction: Transaction,
  { createSecret, putValue, updateSettings, writeTags }: DestinationOperations,
  at: Destination,
  signal: AbortSignal,
): Promise<SecretOutcome> {
  // Steps take no signal: a change that is under way when the run fails is let finish, so that its undo need not wait
  // to find out whether it happened. Nothing new is started.
  const { name, wanted, value, found } = plan;
  const unrecorded = { value };
  if (found === undefined) {
    await transaction.run(createSecret, { at, name, ...wanted }, { unrecorded, name: `create ${name}` });
    return "created";
  }
  if (plan.put) {
    await transaction.run(
      putValue,
      { at, name, before: found.versionByLabel },
      { unrecorded, name: `new version of ${name}` },
    );
  }
  if (plan.update) {
    signal.throwIfAborted();
    const before = { description: found.description, kmsKeyId: found.kmsKeyId };
    await transaction.run(updateSettings, { at, name, before, after: wanted }, { name: `settings of ${name}` });
  }
  if (plan.tag) {
    signal.throwIfAborted();
    await transaction.run(writeTags, { at, name, before: found.tags, after: wanted.tags }, { name: `tags of ${name}` });
  }
  return plan.put || plan.update || plan.tag ? "updated" : "unchanged";
}

/** Runs `work` on every item, at most `limit` at once. `work` must not reject. */
async function forEachAtOnce<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
}
