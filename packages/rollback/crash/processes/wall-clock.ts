import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildShim, noShim } from "../build-shim.ts";

/** The wall clock of one process: it can be set while the process runs. */
export class WallClock {
  readonly #path: string;
  readonly #file: number;
  #offMs = 0;

  constructor(folder: string, name: string) {
    this.#path = join(folder, `${name}.clock`);
    this.#file = openSync(this.#path, "w");
    this.set(0);
  }

  /** How far it is off. Of a clock that stands still, when it was stopped. */
  get offMs(): number {
    return this.#offMs;
  }

  /** What the environment of the process must hold. */
  get environment(): Readonly<Record<string, string>> {
    return { LD_PRELOAD: clockShim()!, CLOCK_SHIM_FILE: this.#path };
  }

  set(offMs: number, { stopped = false }: { readonly stopped?: boolean | undefined } = {}): void {
    this.#offMs = offMs;
    const setting = new BigInt64Array([
      BigInt(offMs) * 1_000_000n,
      stopped ? BigInt(Date.now() + offMs) * 1_000_000n : 0n,
    ]);
    writeSync(this.#file, new Uint8Array(setting.buffer), 0, 16, 0);
  }

  remove(): void {
    closeSync(this.#file);
    rmSync(this.#path);
  }
}

// `undefined` where it cannot be built.
function clockShim(): string | undefined {
  return buildShim(join(import.meta.dirname, "clock-shim.c"));
}

/** Sets the clock of a process a day ahead, and asks the process: `undefined` if it believes it. */
export function clockCannotBeSet(): string | undefined {
  if (clockShim() === undefined) return noShim;
  const folder = mkdtempSync(join(tmpdir(), "clock-"));
  const clock = new WallClock(folder, "asked");
  clock.set(dayMs);
  const env = { ...process.env, ...clock.environment };
  const seen = Number(execFileSync(process.execPath, ["-p", "Date.now()"], { env, encoding: "utf8" })) - Date.now();
  clock.remove();
  rmSync(folder, { recursive: true });
  return Math.abs(seen - dayMs) < dayMs / 2 ? undefined : "a preloaded library does not set this Node's clock";
}

const dayMs = 86_400_000;
