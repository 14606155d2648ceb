import { mkdirSync, writeFileSync } from "node:fs";

export const smoke: boolean = process.argv.includes("--smoke");

export interface Goal {
  readonly goal: string;
  readonly figure: string;
  readonly met: boolean;
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
}

/** Prints the goals, and keeps the whole result beside those of other benches. */
export function report(name: string, result: object, goals: readonly Goal[]): void {
  console.table(goals.map(({ goal, figure, met }) => ({ goal, figure, "": met ? "met" : "missed" })));
  const folder = new URL("../results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`client-factory-${name}.json`, folder);
  writeFileSync(file, `${JSON.stringify({ node: process.version, smoke, ...result, goals }, undefined, 2)}\n`);
}
