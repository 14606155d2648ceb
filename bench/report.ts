import { mkdirSync, writeFileSync } from "node:fs";

/** Whether the run only shows that the bench runs: it is too short for its figures to mean much. */
export const smoke: boolean = process.argv.includes("--smoke");

/** A figure beside what it should be. */
export interface Goal {
  readonly goal: string;
  readonly figure: string;
  readonly met: boolean;
}

/** A figure that should be at most `bound`. */
export function atMost(what: string, figure: number, bound: number, unit = ""): Goal {
  return { goal: `${what} ≤ ${bound}${unit}`, figure: shown(figure, unit), met: figure <= bound };
}

/** A figure that should be at least `bound`. */
export function atLeast(what: string, figure: number, bound: number, unit = ""): Goal {
  return { goal: `${what} ≥ ${bound}${unit}`, figure: shown(figure, unit), met: figure >= bound };
}

function shown(figure: number, unit: string): string {
  return `${Number(figure.toPrecision(4))}${unit}`;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Prints each goal beside its figure, met or missed, and keeps all that was measured. */
export function report(name: string, measured: object, goals: readonly Goal[]): void {
  console.table(goals.map(({ goal, figure, met }) => ({ goal, figure, "": met ? "met" : "missed" })));
  if (smoke) console.log("A smoke run shows that the bench runs; it is too short for its figures to mean much.");
  keep(name, { ...measured, goals });
}

/** Writes what was measured to `bench/results`, beside that of other benches. */
export function keep(name: string, measured: object): void {
  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const result = { node: process.version, smoke, ...measured };
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(result, undefined, 2)}\n`);
}
