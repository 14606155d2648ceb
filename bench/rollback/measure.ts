import { monitorEventLoopDelay } from "node:perf_hooks";
import { median } from "../report.ts";

/** What one run of a contender measured. */
export interface Run {
  readonly stepsPerSecond: number;
  /** As the contender's own store counts them; 0 where it does not tell. */
  readonly flushesPerStep: number;
  /** Of one step, in milliseconds. */
  readonly p50Ms: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
}

/** What is measured: transactions of so many steps, so many side by side, for so long. */
export interface Contender {
  readonly name: string;
  /** How it was set up, so far as it matters for durability and speed. */
  readonly settings: string;
  readonly run: (transactions: number, durationMs: number) => Promise<Run>;
  readonly close?: () => Promise<void>;
}

export type Step = <T>(work: () => Promise<T>) => Promise<T>;

export const stepsPerTransaction = 20;

/** Stands for a step's effect: a turn of the event loop, and what a call to a service would return. */
export async function effect(): Promise<{ readonly versionId: string }> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  return { versionId: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" };
}

/** Runs so many transactions side by side, one after the other each, until the time is over. */
export async function measure(
  transactions: number,
  durationMs: number,
  transaction: (step: Step) => Promise<void>,
  flushes: () => Promise<number> = async () => 0,
): Promise<Run> {
  const delays: number[] = [];
  const before = await flushes();
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const startedAt = performance.now();
  let steps = 0;
  const step: Step = async (work) => {
    const begun = performance.now();
    const result = await work();
    steps += 1;
    if (steps % 8 === 0) delays.push(performance.now() - begun);
    return result;
  };
  const lane = async () => {
    while (performance.now() - startedAt < durationMs) await transaction(step);
  };
  await Promise.all(Array.from({ length: transactions }, lane));
  const elapsedMs = performance.now() - startedAt;
  loop.disable();
  const flushed = (await flushes()) - before;
  const millisecond = 1e6; // of the histogram's nanoseconds; it counts its own resolution in
  return {
    stepsPerSecond: (steps / elapsedMs) * 1_000,
    flushesPerStep: flushed / steps,
    p50Ms: median(delays),
    loopP99Ms: Math.max(0, loop.percentile(99) / millisecond - 1),
    loopMaxMs: Math.max(0, loop.max / millisecond - 1),
  };
}
