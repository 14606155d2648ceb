import { type Goal, median } from "../report.ts";

/** One call of a candidate. */
export type Call = () => PromiseLike<unknown>;

/** Nanoseconds per call of each candidate: the median of rounds in which they take turns. */
export async function nanosecondsPerCall(
  candidates: Readonly<Record<string, Call>>,
  { rounds, calls }: { readonly rounds: number; readonly calls: number },
): Promise<Record<string, number>> {
  const samples = new Map<string, number[]>(Object.keys(candidates).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, call] of Object.entries(candidates)) {
      const start = process.hrtime.bigint();
      for (let index = 0; index < calls; index++) await call();
      const nanoseconds = Number(process.hrtime.bigint() - start) / calls;
      if (round >= 0) samples.get(name)!.push(nanoseconds); // the first two warm up
    }
  }
  return medians(samples);
}

/** Bytes allocated per call of each candidate, garbage included: rounds too short for a collection to come between. */
export async function bytesPerCall(
  candidates: Readonly<Record<string, Call>>,
  { rounds, calls }: { readonly rounds: number; readonly calls: number },
): Promise<Record<string, number>> {
  const samples = new Map<string, number[]>(Object.keys(candidates).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, call] of Object.entries(candidates)) {
      collect();
      const before = process.memoryUsage().heapUsed;
      for (let index = 0; index < calls; index++) await call();
      const bytes = (process.memoryUsage().heapUsed - before) / calls;
      if (round >= 0) samples.get(name)!.push(bytes);
    }
  }
  return medians(samples);
}

/** Milliseconds of CPU, of this process, that `work` takes. */
export async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

export function collect(): void {
  if (globalThis.gc === undefined) throw new Error("Run with --expose-gc");
  globalThis.gc();
}

function medians(samples: ReadonlyMap<string, readonly number[]>): Record<string, number> {
  return Object.fromEntries([...samples].map(([name, values]) => [name, median(values)]));
}

/** A goal of the form "ours ≤ share × theirs". */
export function ratioGoal(goal: string, ours: number, theirs: number, share: number): Goal {
  const ratio = ours / theirs;
  return { goal: `${goal} ≤ ${share} ×`, figure: `${ratio.toFixed(3)} ×`, met: ratio <= share };
}
