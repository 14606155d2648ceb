import { failureFacts } from "../replication/failure-facts.ts";
import type { ReplicationEvent } from "../replication/replication-event.ts";
import type { ReplicationInstruments } from "./open-reporting.ts";

export interface ReplicationRegions {
  readonly sourceRegion: string;
  readonly destinationRegion: string;
}

/** Turns what a run reports into its metrics. */
export function recordEvent(
  instruments: ReplicationInstruments,
  regions: ReplicationRegions,
  event: ReplicationEvent,
): void {
  const { sourceRegion, destinationRegion } = regions;
  switch (event.type) {
    case "written": {
      const dimensions = { ...regions, transformMode: event.mode };
      instruments.replicationSuccess.add(1, dimensions);
      instruments.replicationDuration.record(event.durationMs, dimensions);
      instruments.replicationSize.record(event.bytes, dimensions);
      return;
    }
    case "transformed": {
      const transformMode = event.mode;
      instruments.transformationDuration.record(event.durationMs, { transformMode });
      instruments.transformationInputSize.record(event.inputBytes, { transformMode });
      instruments.transformationOutputSize.record(event.outputBytes, { transformMode });
      instruments.transformationRules.record(event.rules, { transformMode });
      return;
    }
    case "rolling-back": {
      const errorType = failureFacts(event.error).kind;
      instruments.replicationFailure.add(1, { sourceRegion, destinationRegion, errorType });
      instruments.replicationFailureDuration.record(event.durationMs, { errorType });
      return;
    }
    default:
  }
}
