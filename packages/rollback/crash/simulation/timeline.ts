import type { Clock } from "@holdfast/errors/policy";

/** A process of the simulation: it can be killed, and stopped for a while. */
export class SimulatedProcess {
  readonly name: string;
  alive = true;
  /** Until when it is stopped. */
  stoppedUntil: number = Number.NEGATIVE_INFINITY;
  /** How far its wall clock is off. */
  wallClockOffMs = 0;

  constructor(name: string) {
    this.name = name;
  }
}

interface Happening {
  readonly sequence: number;
  readonly process: SimulatedProcess | undefined;
  readonly run: () => void;
  at: number;
  cancelled: boolean;
}

/** Time as a list of things to happen, each of a process or of the world; what belongs to a dead process does not happen. */
export class Timeline {
  now = 0;
  #sequence = 0;
  #happenings: Happening[] = [];

  /** `process` undefined: it happens whoever dies. */
  after(delayMs: number, process: SimulatedProcess | undefined, run: () => void): Happening {
    const happening: Happening = { sequence: this.#sequence++, process, run, at: this.now + delayMs, cancelled: false };
    this.#insert(happening);
    return happening;
  }

  /** The clock of one process. */
  clockOf(process: SimulatedProcess): Clock {
    return {
      now: () => Date.UTC(2026, 0, 1) + this.now + process.wallClockOffMs,
      monotonic: () => this.now,
      setTimeout: (callback, delayMs) => this.after(delayMs, process, callback),
      clearTimeout: (timer) => {
        (timer as Happening).cancelled = true;
      },
    };
  }

  /** Lets one thing after the other happen, and all promises settle in between, until `isOver` or nothing is left. */
  async run(isOver: () => boolean): Promise<void> {
    await microtasksDone();
    for (let next = this.#happenings.shift(); next !== undefined; next = this.#happenings.shift()) {
      if (next.cancelled || next.process?.alive === false) continue;
      this.now = Math.max(this.now, next.at);
      if (next.process !== undefined && next.process.stoppedUntil > this.now) {
        next.at = next.process.stoppedUntil;
        this.#insert(next);
        continue;
      }
      next.run();
      await microtasksDone();
      if (isOver()) return;
    }
  }

  // In order of time, then of making.
  #insert(happening: Happening): void {
    let low = 0;
    let high = this.#happenings.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#happenings[middle]!;
      if (other.at < happening.at || (other.at === happening.at && other.sequence < happening.sequence))
        low = middle + 1;
      else high = middle;
    }
    this.#happenings.splice(low, 0, happening);
  }
}

let drained: Promise<void> | undefined;

// One turn of the event loop settles the promises of all simulations that run side by side; they share nothing else.
function microtasksDone(): Promise<void> {
  drained ??= new Promise((resolve) => {
    setImmediate(() => {
      drained = undefined;
      resolve();
    });
  });
  return drained;
}
