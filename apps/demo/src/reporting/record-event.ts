import { classify } from "@holdfast/errors";
import type { ReplicationEvent } from "../replication/replication-event.ts";
import type { ReplicationInstruments } from "./open-reporting.ts";

export interface ReplicationDimensions {
  readonly sourceRegion: string;
  readonly destinationRegion: string;
  readonly transformMode: string;
}

/** Turns what a run reports into its metrics. */
export function recordEvent(
  instruments: ReplicationInstruments,
  dimensions: ReplicationDimensions,
  event: ReplicationEvent,
): void {
  const { sourceRegion, destinationRegion, transformMode } = dimensions;
  switch (event.type) {
    case "written":
      instruments.replicationSuccess.add(1, dimensions);
      instruments.replicationDuration.record(event.durationMs, dimensions);
      instruments.replicationSize.record(event.bytes, dimensions);
      return;
    case "transformed":
      instruments.transformationDuration.record(event.durationMs, { transformMode });
      instruments.transformationInputSize.record(event.inputBytes, { transformMode });
      instruments.transformationOutputSize.record(event.outputBytes, { transformMode });
      instruments.transformationRules.record(event.rules, { transformMode });
      return;
    case "rolling-back": {
      const errorType = classify(event.error).kind;
      instruments.replicationFailure.add(1, { sourceRegion, destinationRegion, errorType });
      instruments.replicationFailureDuration.record(event.durationMs, { errorType });
      return;
    }
    default:
  }
}
