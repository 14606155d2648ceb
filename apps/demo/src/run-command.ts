import { describeError, HoldfastError } from "@holdfast/errors";
import type { CommandContext } from "./command-context.ts";
import type { RunSettings } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { readRequest } from "./read-request.ts";
import { doubtRegion } from "./region-name.ts";
import { type AbandonedRun, openReplicator, type Replicator } from "./replication/open-replicator.ts";
import { showEvents } from "./screen/show-events.ts";
import { shortList } from "./short-list.ts";

/** `replicate run`: replicates, or undoes all it did. @returns the exit code. */
export async function runCommand(settings: RunSettings, context: CommandContext): Promise<number> {
  const request = await readRequest(settings);
  for (const region of [request.from, request.to]) {
    const doubt = doubtRegion(region);
    if (doubt !== undefined) context.screen.line(doubt.says, "warn");
  }
  const replicator = await openReplicator({
    ...settings,
    metrics: settings.metrics === undefined ? undefined : { namespace: settings.metrics, region: settings.to },
    onEvent: showEvents(context.screen),
  });
  try {
    return await run(replicator, request, context);
  } finally {
    await replicator.close();
  }
}

async function run(
  replicator: Replicator,
  request: Awaited<ReturnType<typeof readRequest>>,
  { screen, signal }: CommandContext,
): Promise<number> {
  const abandoned = await replicator.abandoned();
  if (abandoned.length > 0) throw unfinished(abandoned);
  const started = performance.now();
  const { outcome, secrets, failure, undone, parked } = await replicator.run({ ...request, signal });
  const { retries, throttled, waitedMs } = replicator.figures;
  screen.fact("figures", { retries, throttled, waitedMs, undone, metricData: replicator.metricDataSent() });
  screen.fact("report", { outcome, secrets, undone, parked, failed: failure?.name });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  screen.line(
    `${secrets.created} created, ${secrets.updated} updated, ${secrets.unchanged} unchanged, ${secrets.skipped} skipped in ${seconds} s`,
    outcome === "replicated" ? "good" : "dim",
  );
  if (failure === undefined) {
    const found = Object.values(secrets).reduce((sum, count) => sum + count, 0);
    if (found === 0)
      screen.line("no secret to replicate: is --filter right? A list may lag behind new secrets", "warn");
    return exitCodes.ok;
  }
  screen.done();
  process.stderr.write(
    signal.aborted
      ? `${(signal.reason as Error).message}\n`
      : `${failure.name} could not be replicated\n${describeError(failure.error, { debug: Boolean(process.env.DEBUG) })}\n`,
  );
  if (outcome === "rolled-back") {
    screen.line(undone === 0 ? "nothing was changed" : `${undone} changes undone; everything is as it was`, "warn");
    if (signal.aborted) return exitCodes.interrupted;
    return undone === 0 ? exitCodes.error : exitCodes.rolledBack;
  }
  screen.line(`${undone} changes undone; these were not: ${shortList(parked)}`, "bad");
  screen.line("1. When the cause is gone, undo them:");
  screen.line("   $ replicate recover --retry");
  return exitCodes.notRolledBack;
}

function unfinished(runs: readonly AbandonedRun[]): HoldfastError {
  const descriptions = shortList(runs.map(({ description }) => description));
  const parked = runs.every((run) => run.parked);
  const what = parked ? "failed, and not all of it could be undone" : "was cut off and its changes are half-done";
  return new HoldfastError(`An earlier run ${what}: ${descriptions}`, {
    code: "REPLICATE_UNFINISHED",
    kind: "state",
    remediation: [
      {
        text: "Undo it first, with the same --journal",
        command: runs.some((run) => run.parked) ? "replicate recover --retry" : "replicate recover",
      },
    ],
  });
}
