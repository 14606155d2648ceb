import type { CommandContext } from "./command-context.ts";
import type { RecoverSettings } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { openReplicator, type RecoveredRun, type Replicator } from "./replication/open-replicator.ts";
import { showEvents } from "./screen/show-events.ts";
import { shortList } from "./short-list.ts";

/** `replicate recover`: undoes what runs that were cut off left half-done. @returns the exit code. */
export async function recoverCommand(
  settings: RecoverSettings & { readonly retry: boolean },
  context: CommandContext,
): Promise<number> {
  const replicator = await openReplicator({ ...settings, metrics: undefined, onEvent: showEvents(context.screen) });
  try {
    return await recover(replicator, settings, context);
  } finally {
    await replicator.close();
  }
}

async function recover(
  replicator: Replicator,
  { retry, journal }: { readonly retry: boolean; readonly journal: string },
  { screen, signal }: CommandContext,
): Promise<number> {
  const runs = await replicator.recover(signal, { retryParked: retry });
  const { retries, throttled, waitedMs, undone } = replicator.figures;
  screen.fact("figures", { retries, throttled, waitedMs, undone, metricData: 0 });
  if (runs.length === 0) screen.line("nothing to recover", "good");
  for (const { id, description, outcome, parked } of runs) {
    const mood = outcome === "rolled-back" ? "good" : isElsewhere(outcome) ? "dim" : "bad";
    screen.line(`${description}: ${words[outcome] ?? outcome}`, mood);
    screen.fact("recovered", { id, description, outcome, parked });
    if (parked.length > 0) {
      screen.line(`not undone: ${shortList(parked.map(({ name, reason }) => `${name} (${reason})`))}`, "bad");
    }
  }
  sayWhatNext(runs, journal, screen);
  const undoneAll = runs.every(({ outcome }) => outcome === "rolled-back" || isElsewhere(outcome));
  return undoneAll ? exitCodes.ok : exitCodes.notRolledBack;
}

const words: Partial<Record<RecoveredRun["outcome"], string>> = {
  "rolled-back": "undone",
  parked: "not all could be undone",
  owned: "is at work in another process; left to it",
  lost: "another process went on with it meanwhile; left to it",
};

function isElsewhere(outcome: RecoveredRun["outcome"]): boolean {
  return outcome === "owned" || outcome === "lost";
}

function sayWhatNext(runs: readonly RecoveredRun[], journal: string, screen: CommandContext["screen"]): void {
  const parked = runs.find(({ outcome }) => outcome === "parked");
  if (parked !== undefined) {
    screen.line("1. When the cause is gone, try again:");
    screen.line("   $ replicate recover --retry");
    screen.line("2. Or see each step, and decide about it:");
    screen.line(`   $ holdfast recovery details ${parked.id} --journal ${journal}`);
  }
  if (runs.some(({ outcome }) => outcome === "damaged")) {
    screen.line("the journal is damaged; see what is left of it:");
    screen.line(`   $ holdfast journal verify --journal ${journal}`);
  }
}
