import { median } from "../report.ts";

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
      const nanoseconds = await timed(call, calls);
      if (round >= 0) samples.get(name)!.push(nanoseconds); // the first two warm up
    }
  }
  return Object.fromEntries([...samples].map(([name, values]) => [name, median(values)]));
}

async function timed(call: Call, calls: number): Promise<number> {
  const start = process.hrtime.bigint();
  for (let index = 0; index < calls; index++) {
    try {
      await call();
    } catch {
      // a refusal is what is measured
    }
  }
  return Number(process.hrtime.bigint() - start) / calls;
}

/** Bytes in use, after everything that can be collected has been. */
export async function bytesInUse(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error("Run with --expose-gc");
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}
