export interface Scale {
  /** Cases to run. */
  readonly cases: number;
  readonly seed: number;
}

export type Counts = Readonly<Record<string, number>>;

export interface ItemOutcome {
  /** Cases that were run. */
  readonly cases: number;
  /** What happened, in counts. */
  readonly counts: Counts;
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

export function addCounts(some: Counts, others: Counts): Counts {
  const sum: Record<string, number> = { ...some };
  for (const [name, count] of Object.entries(others)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** How many cases were run, and what happened, in words. */
export function outcomeInWords({ cases, counts }: ItemOutcome): string {
  return [`${cases} cases`, ...Object.entries(counts).map(([name, count]) => `${count} ${name}`)].join(", ");
}

/** Runs cases side by side, each with a seed of its own; one that throws is a problem. */
export async function runCases(
  { cases, seed }: Scale,
  lanes: number,
  runCase: (seed: number) => Promise<{ readonly counts: Counts; readonly problems: readonly string[] }>,
): Promise<ItemOutcome> {
  let counts: Counts = {};
  const problems: string[] = [];
  let next = 0;
  const lane = async () => {
    while (next < cases) {
      const own = seed + next++;
      try {
        const outcome = await runCase(own);
        counts = addCounts(counts, outcome.counts);
        for (const problem of outcome.problems) problems.push(`seed ${own}: ${problem}`);
      } catch (error) {
        problems.push(`seed ${own}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { cases, counts, problems };
}
