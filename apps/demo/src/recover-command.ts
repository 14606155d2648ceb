import type { CommandContext } from "./command-context.ts";
import type { RecoverSettings } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { openReplicator, type Replicator } from "./replication/open-replicator.ts";
import { showEvents } from "./screen/show-events.ts";

/** `replicate recover`: undoes what runs that were cut off left half-done. @returns the exit code. */
export async function recoverCommand(settings: RecoverSettings, context: CommandContext): Promise<number> {
  const replicator = await openReplicator({ ...settings, metrics: undefined, onEvent: showEvents(context.screen) });
  try {
    return await recover(replicator, context);
  } finally {
    await replicator.close();
  }
}

async function recover(replicator: Replicator, { screen, signal }: CommandContext): Promise<number> {
  const { transactions } = await replicator.recover(signal);
  const { retries, throttled, waitedMs, undone } = replicator.figures;
  screen.fact("figures", { retries, throttled, waitedMs, undone, metricData: 0 });
  if (transactions.length === 0) screen.line("nothing to recover", "good");
  for (const { id, description, outcome } of transactions) {
    screen.line(`${description}: ${outcome}`, outcome === "rolled-back" ? "good" : "bad");
    screen.fact("recovered", { id, description, outcome });
  }
  const undoneAll = transactions.every(({ outcome }) => outcome === "rolled-back" || outcome === "owned");
  return undoneAll ? exitCodes.ok : exitCodes.notRolledBack;
}
