export interface Scale {
  /** Cases to run. */
  readonly cases: number;
  readonly seed: number;
}

export interface ItemOutcome {
  /** Cases that were run. */
  readonly cases: number;
  /** What happened, in counts. */
  readonly counts: Readonly<Record<string, number>>;
  /** What should not have; empty when it passes. */
  readonly problems: readonly string[];
  /** Why it could not be run here. */
  readonly skipped?: string | undefined;
}

/** One line of the crash plan. */
export interface CrashItem {
  readonly name: string;
  readonly perPullRequest: number;
  readonly perRelease: number;
  readonly run: (scale: Scale) => Promise<ItemOutcome>;
}

/** Runs cases side by side, each with a seed of its own; one that throws is a problem. */
export async function runCases(
  { cases, seed }: Scale,
  lanes: number,
  runCase: (
    seed: number,
  ) => Promise<{ readonly counts: Readonly<Record<string, number>>; readonly problems: readonly string[] }>,
): Promise<ItemOutcome> {
  const counts: Record<string, number> = {};
  const problems: string[] = [];
  let next = 0;
  const lane = async () => {
    while (next < cases) {
      const own = seed + next++;
      try {
        const outcome = await runCase(own);
        for (const [name, count] of Object.entries(outcome.counts)) counts[name] = (counts[name] ?? 0) + count;
        for (const problem of outcome.problems) problems.push(`seed ${own}: ${problem}`);
      } catch (error) {
        problems.push(`seed ${own}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { cases, counts, problems };
}
