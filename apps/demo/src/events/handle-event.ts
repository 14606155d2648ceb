import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { HoldfastError } from "@holdfast/errors";
import { systemClock } from "@holdfast/errors/policy";
import { openReplicator, type Replicator, type ReplicatorEvent } from "../replication/open-replicator.ts";
import { type ConfigurationSecrets, configurationSecrets } from "../settings/configuration-secrets.ts";
import type { Environment } from "../settings/environment.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { sendDeadLetter } from "./dead-letter.ts";
import { type EventReport, replicateEvent } from "./replicate-event.ts";

export interface EventHandlerOptions {
  readonly environment: Environment;
  /** The replicator's own region. */
  readonly region: string | undefined;
  readonly profile?: string | undefined;
  readonly localOnly?: boolean | undefined;
  readonly stepDeadlineMs: number;
  readonly settleMarginMs: number;
  readonly onEvent: (event: ReplicatorEvent) => void;
}

/** Handles events one after another, with clients, policies and settings that stay open in between. */
export interface EventHandler {
  readonly replicator: Replicator;
  /**
   * Replicates what an event names. Before that, what a process that died left half-done is undone.
   *
   * @throws EventFailedError where a destination failed and no dead-letter queue took it, so that whoever sent the event
   * sends it again; what {@link replicateEvent} throws.
   */
  handle(event: unknown, signal: AbortSignal): Promise<EventReport>;
  close(): Promise<void>;
}

/** Not every destination has what the event names. `report` says which, and why. */
export class EventFailedError extends HoldfastError {
  readonly report: EventReport;

  constructor(report: EventReport, options?: ErrorOptions) {
    const failures = report.destinations.filter(({ outcome }) => outcome !== "replicated" && outcome !== "skipped");
    super(
      `${failures.length} of ${report.destinations.length} destinations failed: ${failures
        .map(({ region, reason }) => `${region}: ${reason}`)
        .join("; ")}`,
      { code: "REPLICATE_EVENT_FAILED", kind: "dependency", context: { secretIds: report.secretIds } },
      options,
    );
    this.report = report;
  }
}

export async function openEventHandler(options: EventHandlerOptions): Promise<EventHandler> {
  const { environment, region } = options;
  if (region === undefined) {
    throw new SettingsError("It is not known which region this is", "Set AWS_REGION, or --region");
  }
  const replicator = await openReplicator({
    ...options,
    profile: options.profile,
    journal: environment.journal ?? join(tmpdir(), "replicate.journal"),
    metrics: environment.enableMetrics ? { namespace: environment.metricsNamespace, region } : undefined,
  });
  const configuration: ConfigurationSecrets = configurationSecrets(
    replicator.clientIn(SecretsManagerClient, region),
    systemClock,
  );
  return {
    replicator,
    async handle(event, signal) {
      if ((await replicator.abandoned()).some(({ parked }) => !parked)) await replicator.recover(signal);
      const report = await replicateEvent(event, { replicator, environment, region, configuration, signal });
      await replicator.flushMetrics(); // a function is frozen once it has answered
      if (report.outcome !== "failed" && report.outcome !== "partial") return report;
      const { dlq } = environment;
      if (dlq === undefined) throw new EventFailedError(report);
      try {
        await sendDeadLetter(replicator.clientIn(SQSClient, dlq.region), dlq, { region, report }, signal);
      } catch (cause) {
        throw new EventFailedError(report, { cause });
      }
      return report;
    },
    close: () => replicator.close(),
  };
}
