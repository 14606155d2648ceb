import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A figure beside what it should be. */
export interface Goal {
  readonly what: string;
  readonly figure: number;
  readonly goal: string;
  readonly met: boolean;
}

export function atLeast(what: string, figure: number, bound: number, unit = "x"): Goal {
  return { what, figure, goal: `>= ${bound}${unit}`, met: figure >= bound };
}

export function atMost(what: string, figure: number, bound: number, unit = ""): Goal {
  return { what, figure, goal: `<= ${bound}${unit}`, met: figure <= bound };
}

/** Prints the goals, and writes everything measured to `bench/results`. */
export function report(name: string, goals: readonly Goal[], measured: unknown): void {
  console.log("");
  for (const { what, figure, goal, met } of goals) {
    console.log(`${met ? "met   " : "missed"}  ${what}: ${figure.toFixed(2)} (goal ${goal})`);
  }
  const folder = join(import.meta.dirname, "..", "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `rollback-${name}.json`), `${JSON.stringify({ goals, measured }, undefined, 2)}\n`);
}
