import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { StateChangeEvent } from "@holdfast/circuit-breaker";
import { type Credentials, createClientFactory, type SdkClientConstructor } from "@holdfast/client-factory";
import { type Journal, openJournal, type ProgressEvent, type StepEvent } from "@holdfast/rollback";
import { type RecoveryOutcome, recover } from "@holdfast/rollback/recovery";
import { sqliteStore } from "@holdfast/rollback/sqlite";
import { openReporting } from "../reporting/open-reporting.ts";
import { attemptsRecorder } from "../reporting/record-attempts.ts";
import { recordEvent } from "../reporting/record-event.ts";
import { compileGlob } from "../settings/glob.ts";
import type { Rename } from "../settings/rename-rule.ts";
import type { Transform } from "../transforms/transform.ts";
import type { Variables } from "../transforms/variables.ts";
import { type Destination, destinationOperations } from "./destination-operations.ts";
import { type Figures, noFigures } from "./figures.ts";
import { listSecretNames } from "./list-secret-names.ts";
import { openPipeline } from "./pipeline.ts";
import { type Delivery, type ReplicationReport, replicate } from "./replicate.ts";
import type { ReplicationEvent } from "./replication-event.ts";
import { retryParked } from "./retry-parked.ts";

export interface ReplicatorSettings {
  readonly journal: string;
  readonly stepDeadlineMs: number;
  /** How long after its deadline a request may still be under way, in milliseconds. */
  readonly settleMarginMs: number;
  readonly profile: string | undefined;
  /** Refuse whatever would leave this machine. */
  readonly localOnly?: boolean | undefined;
  /** Keys and endpoint in place of the standard chain and `AWS_ENDPOINT_URL`. */
  readonly endpoint?: string | undefined;
  readonly credentials?: Credentials | undefined;
  /** Namespace and region of the CloudWatch metrics; `undefined` sends none. */
  readonly metrics?: { readonly namespace: string; readonly region: string } | undefined;
  /** Port of a status server for Prometheus and health checks; 0 takes any that is free, `undefined` starts none. */
  readonly statusPort?: number | undefined;
  readonly onEvent: (event: ReplicatorEvent) => void;
}

export type ReplicatorEvent =
  | (ReplicationEvent & {
      /** The destination's. */
      readonly region: string;
    })
  | ({ readonly type: "circuit" } & StateChangeEvent)
  | ({ readonly type: "step" } & StepEvent)
  | ({ readonly type: "progress" } & ProgressEvent);

export interface ReplicationRequest {
  readonly from: string;
  readonly to: string;
  readonly toRoleArn: string | undefined;
  readonly externalId: string | undefined;
  readonly filter: readonly string[];
  /** Changes text values on their way; `undefined` changes none. */
  readonly transform: Transform | undefined;
  /** What `${NAME}` stands for in the transform, beside `REGION` and the others there always are. Default none. */
  readonly variables?: Variables | undefined;
  readonly rename: Rename;
  readonly kmsKeyId: string | undefined;
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

export interface AbandonedRun {
  readonly description: string;
  /** Its undo was tried, and not all could be undone. */
  readonly parked: boolean;
}

export interface RecoveredRun extends Pick<RecoveryOutcome, "id" | "description" | "outcome"> {
  /** What a person has to look at, by step. */
  readonly parked: readonly { readonly name: string; readonly reason: string }[];
}

/** The replicator with everything behind it: clients, policies, journal, metrics. */
export interface Replicator {
  readonly figures: Figures;
  readonly journal: Journal;
  /** Where the status server listens; `undefined` if there is none. */
  readonly statusPort: number | undefined;
  /** Lists the source's secrets and brings those that the filters name to the destination. */
  run(request: ReplicationRequest): Promise<ReplicationReport>;
  /** Brings the named secrets to one destination. */
  deliver(request: Delivery): Promise<ReplicationReport>;
  /** A client of the caller's own account, with every policy around its calls. */
  clientIn<Constructor extends SdkClientConstructor>(client: Constructor, region: string): InstanceType<Constructor>;
  /** Runs of processes that are no more, whose changes are neither kept nor undone. */
  abandoned(): Promise<readonly AbandonedRun[]>;
  /** Undoes what a process that died left half-done; with `retryParked`, what could not be undone before as well. */
  recover(signal: AbortSignal, options?: { readonly retryParked?: boolean }): Promise<readonly RecoveredRun[]>;
  /** Sends the metrics recorded so far. Never rejects. */
  flushMetrics(): Promise<void>;
  /** CloudWatch data sent so far. */
  metricDataSent(): number;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openReplicator(settings: ReplicatorSettings): Promise<Replicator> {
  const {
    journal: path,
    stepDeadlineMs,
    settleMarginMs,
    profile,
    localOnly,
    endpoint,
    credentials,
    onEvent,
  } = settings;
  const figures = noFigures();
  const pipeline = openPipeline({
    patienceMs: 0.9 * stepDeadlineMs, // before the step's own end, which would hide what AWS said last
    figures,
    onCircuit: (event) => onEvent({ ...event, type: "circuit" }),
  });
  const access = { profile, localOnly, endpoint, credentials };
  const factory = createClientFactory({ ...access, name: "replicator", policy: pipeline.policy });
  const clientAt = ({ region, roleArn, externalId }: Destination): SecretsManagerClient =>
    (roleArn === undefined ? factory : factory.assumeRole({ roleArn, externalId })).client(SecretsManagerClient, {
      region,
    });

  const operations = destinationOperations({ clientAt, deadlineMs: stepDeadlineMs });
  const journal = await openJournal({ store: sqliteStore({ path }), operations, settleMarginMs });
  journal.onStep((event) => {
    if (event.change === "undone") figures.undone += 1;
    onEvent({ ...event, type: "step" });
  });
  journal.onProgress((event) => onEvent({ ...event, type: "progress" }));

  const reporting = await openReporting({
    access,
    metrics: settings.metrics,
    statusPort: settings.statusPort,
    pipeline,
    journal,
  }).catch(async (error: unknown) => {
    await journal.close();
    await factory.close();
    throw error;
  });
  const recordAttempts = attemptsRecorder(reporting.instruments);

  return {
    figures,
    journal,
    statusPort: reporting.statusPort,
    async run(request) {
      const { from, to, toRoleArn, externalId, filter, transform } = request;
      const globs = filter.map(compileGlob);
      const isWanted = (name: string) => globs.length === 0 || globs.some((glob) => glob(name) !== undefined);
      const source = recordAttempts(factory.client(SecretsManagerClient, { region: from }));
      return deliver({
        ...request,
        at: { region: to, roleArn: toRoleArn, externalId },
        names: await listSecretNames(source, isWanted, request.signal),
        description: `replicate ${filter.join(", ") || "all secrets"} from ${from} to ${to}`,
        transformOf: () => transform,
        variables: request.variables ?? {},
        maxBytes: 65_536,
      });
    },
    deliver,
    clientIn: (client, region) => factory.client(client, { region }),
    async abandoned() {
      const open = await journal.transactions({ open: true });
      const owners = await Promise.all(open.map((transaction) => journal.ownerOf(transaction)));
      return open
        .filter((_, index) => owners[index] === "dead")
        .map(({ description, status }) => ({ description, parked: status === "parked" }));
    },
    async recover(signal, { retryParked: retries = false } = {}) {
      const { transactions } = await recover(journal, { strategy: "automatic", signal });
      return Promise.all(
        transactions.map(async ({ id, description, outcome: found }) => {
          const outcome = found === "parked" && retries ? await retryParked(journal, id, signal) : found;
          return { id, description, outcome, parked: await parkedSteps(journal, id, outcome) };
        }),
      );
    },
    flushMetrics: () => reporting.flush(),
    metricDataSent: () => reporting.dataSent(),
    close,
    [Symbol.asyncDispose]: close,
  };

  function deliver(request: Delivery): Promise<ReplicationReport> {
    const { from, at } = request;
    return replicate({
      ...request,
      source: recordAttempts(factory.client(SecretsManagerClient, { region: from })),
      destination: recordAttempts(clientAt(at)),
      journal,
      operations,
      onEvent(event) {
        recordEvent(reporting.instruments, { sourceRegion: from, destinationRegion: at.region }, event);
        onEvent({ ...event, region: at.region });
      },
    });
  }

  async function close(): Promise<void> {
    await reporting.close();
    await journal.close();
    await factory.close();
  }
}

async function parkedSteps(
  journal: Journal,
  id: string,
  outcome: RecoveredRun["outcome"],
): Promise<RecoveredRun["parked"]> {
  if (outcome === "damaged") return []; // it cannot be read
  const { steps } = await journal.show(id);
  return steps
    .filter(({ status }) => status === "parked")
    .map(({ name, operation, parked, error }) => ({
      name: name ?? operation,
      reason: error?.code ?? error?.name ?? parked ?? "unknown",
    }));
}
