import { mkdirSync, writeFileSync } from "node:fs";

export const smoke: boolean = process.argv.includes("--smoke");

/** One figure beside what it should be. */
export interface Goal {
  readonly goal: string;
  readonly figure: number;
  readonly limit: number;
  readonly met: boolean;
}

/** A figure that should be at most `limit`. */
export function atMost(goal: string, figure: number, limit: number): Goal {
  return { goal, figure: Number(figure.toPrecision(4)), limit, met: figure <= limit };
}

/** Prints goals and whether they are met, and keeps everything in bench/results. */
export function report(name: string, goals: readonly Goal[], results: unknown): void {
  for (const { goal, figure, limit, met } of goals)
    console.log(`${met ? "met   " : "missed"}  ${goal}: ${figure} (at most ${limit})`);
  const folder = new URL("../results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`metrics-${name}.json`, folder), `${JSON.stringify({ goals, results }, undefined, 2)}\n`);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
