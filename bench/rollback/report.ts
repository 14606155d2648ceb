import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A figure beside what it should be. */
export interface Goal {
  /** The demand's number in the list of figures that the journal is held against; 0 for a figure beyond them. */
  readonly demand: number;
  readonly what: string;
  readonly figure: number;
  readonly goal: string;
  readonly met: boolean;
}

export function atLeast(demand: number, what: string, figure: number, bound: number, unit = "x"): Goal {
  return { demand, what, figure, goal: `>= ${bound}${unit}`, met: figure >= bound };
}

export function atMost(demand: number, what: string, figure: number, bound: number, unit = ""): Goal {
  return { demand, what, figure, goal: `<= ${bound}${unit}`, met: figure <= bound };
}

/** Prints the goals, and writes everything measured to `bench/results`. */
export function report(name: string, goals: readonly Goal[], measured: unknown): void {
  console.log("");
  for (const { demand, what, figure, goal, met } of goals) {
    console.log(
      `${met ? "met   " : "missed"}  ${`${demand}`.padStart(2)}  ${what}: ${figure.toFixed(2)} (goal ${goal})`,
    );
  }
  const folder = join(import.meta.dirname, "..", "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `rollback-${name}.json`), `${JSON.stringify({ goals, measured }, undefined, 2)}\n`);
}
