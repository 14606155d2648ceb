/** All cases there are, where nobody knows how many before they are run. */
export const everyCase: number = Number.MAX_SAFE_INTEGER;

/** A part of an item's cases: one process runs it. */
export interface Piece {
  /** The first case, from 0. */
  readonly first: number;
  readonly count: number;
  /** How many there are in the whole run. */
  readonly of: number;
  /** Of the whole run: case n has the seed `seed + n`. */
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
  readonly notRun?: string | undefined;
}

/** One line of the crash plan. */
export interface CrashItem {
  readonly name: string;
  /** Cases of the "per PR" column. 0: it is not in it. */
  readonly perPullRequest: number;
  /** Cases of the "per release" column. */
  readonly perRelease: number;
  /** Cases that one process runs before the next takes over; default all of them. */
  readonly pieceCases?: number | undefined;
  readonly run: (piece: Piece) => Promise<ItemOutcome>;
}

export function allCases(count: number, seed: number): Piece {
  return { first: 0, count, of: count, seed };
}

export function cannotRun(why: string): ItemOutcome {
  return { cases: 0, counts: {}, problems: [], notRun: why };
}

/** Some outcomes as one. */
export function addOutcomes(outcomes: readonly ItemOutcome[]): ItemOutcome {
  return {
    cases: outcomes.reduce((sum, { cases }) => sum + cases, 0),
    counts: outcomes.reduce<Counts>((sum, { counts }) => addCounts(sum, counts), {}),
    problems: outcomes.flatMap(({ problems }) => problems),
    notRun: outcomes.find(({ notRun }) => notRun !== undefined)?.notRun,
  };
}

function addCounts(some: Counts, others: Counts): Counts {
  const sum: Record<string, number> = { ...some };
  for (const [name, count] of Object.entries(others)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** How many cases were run, and what happened, in words. */
export function outcomeInWords({ cases, counts }: Pick<ItemOutcome, "cases" | "counts">): string {
  const words = Object.entries(counts).map(([name, count]) => `${count.toLocaleString("en")} ${name}`);
  return [`${cases.toLocaleString("en")} cases`, ...words].join(", ");
}

/** Runs the cases of a piece, so many side by side, each with a seed of its own; one that throws is a problem. */
export async function runCases(
  { first, count, seed }: Pick<Piece, "first" | "count" | "seed">,
  lanes: number,
  runCase: (seed: number) => Promise<{ readonly counts: Counts; readonly problems: readonly string[] }>,
): Promise<ItemOutcome> {
  let counts: Counts = {};
  const problems: string[] = [];
  let next = first;
  const lane = async () => {
    while (next < first + count) {
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
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
  return { cases: count, counts, problems };
}
