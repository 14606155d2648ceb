import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { median } from "../report.ts";
import { contenders } from "./contenders.ts";
import type { Run } from "./measure.ts";
import { peers } from "./peers/peers.ts";

export type ContenderName = keyof typeof contenders | keyof typeof peers;

export interface ContestOptions {
  readonly names: readonly ContenderName[];
  /** Numbers of transactions side by side. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** A command, with its arguments, that each contender runs under. */
  readonly under?: readonly string[] | undefined;
}

interface Measured {
  readonly settings: string;
  readonly runs: Readonly<Record<string, Run>>;
}

/** Contenders measured in turns, each time in a process of their own. Ratios are medians over the rounds. */
export class Contest {
  readonly #sizes: readonly number[];
  readonly #measured = new Map<ContenderName, Measured[]>();

  constructor({ names, sizes, rounds, warmUpMs, durationMs, under = [] }: ContestOptions) {
    this.#sizes = sizes;
    for (let round = 0; round < rounds; round++) {
      for (const name of names) {
        const measured = inProcess(under, [name, `${warmUpMs}`, `${durationMs}`, ...sizes.map(String)]);
        this.#measured.set(name, [...(this.#measured.get(name) ?? []), measured]);
      }
    }
  }

  get measured(): Readonly<Record<string, readonly Measured[]>> {
    return Object.fromEntries(this.#measured);
  }

  figure(name: ContenderName, size: number, of: (run: Run) => number): number {
    return median(this.#runs(name, size).map(of));
  }

  /** How many times a peer's steps per second. */
  ratio(name: ContenderName, peer: ContenderName, size: number): number {
    const peers = this.#runs(peer, size);
    return median(
      this.#runs(name, size).map(({ stepsPerSecond }, round) => stepsPerSecond / peers[round]!.stepsPerSecond),
    );
  }

  print(): void {
    console.log("steps/s (p50 of a step in ms; p99 and longest delay of the event loop in ms)");
    for (const [name, [first]] of this.#measured) {
      const cells = this.#sizes.map((size) => {
        const of = (pick: (run: Run) => number) => this.figure(name, size, pick);
        const loop = `${of(({ loopP99Ms }) => loopP99Ms).toFixed(1)} / ${of(({ loopMaxMs }) => loopMaxMs).toFixed(1)}`;
        return `${size}: ${Math.round(of(({ stepsPerSecond }) => stepsPerSecond))} (${of(({ p50Ms }) => p50Ms).toFixed(2)}; ${loop})`;
      });
      console.log(`${titleOf(name).padEnd(28)}${cells.join("   ")}`);
      console.log(`    ${first!.settings}`);
    }
  }

  #runs(name: ContenderName, size: number): readonly Run[] {
    return this.#measured.get(name)!.map(({ runs }) => runs[size]!);
  }
}

export function titleOf(name: ContenderName): string {
  return name in contenders ? contenders[name as keyof typeof contenders].name : peers[name as keyof typeof peers].name;
}

function inProcess(under: readonly string[], args: readonly string[]): Measured {
  const node = [process.execPath, "--conditions=@holdfast/source", "--no-warnings"];
  const [command, ...rest] = [...under, ...node, join(import.meta.dirname, "contender-process.ts"), ...args];
  const { stdout, stderr, status } = spawnSync(command!, rest, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${args[0]}: ${stderr}`);
  return JSON.parse(stdout.slice(stdout.lastIndexOf("\n", stdout.length - 2) + 1)) as Measured;
}
