import type { ChildProcess } from "node:child_process";
import { Seeded } from "../simulation/seeded.ts";

/** What a process asks of the ledger. */
export interface LedgerRequest {
  readonly type: "ledger";
  readonly id: number;
  readonly act: "make" | "look" | "remove";
  readonly key: string;
  /** On the machine's monotonic clock, in milliseconds. */
  readonly sentAt: number;
  /** Of something to make: when its intent was sent to the store, on that clock. */
  readonly begunAt?: number | undefined;
}

/**
 * Counts what no margin is long enough for: requests to make something that left their process only when their deadline and the
 * margin were over, because it was stopped, or not scheduled, after it had checked its deadline.
 */
export const setAside = "requests sent beyond deadline + margin set aside";

/** The machine's monotonic clock, which all its processes share, in milliseconds. */
export function machineTime(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

export interface LedgerReply {
  readonly type: "ledger";
  readonly id: number;
  readonly present: boolean;
}

/** The world outside the processes that are killed: what they make stays made. */
export class Ledger {
  readonly resources: Set<string> = new Set();
  readonly removals: string[] = [];
  /** The longest a request to make something is held up on its way, in milliseconds. */
  readonly #lateMs: number;
  /** The deadline and the margin together, in milliseconds. */
  readonly #longestMs: number;
  readonly #random: Seeded;
  readonly #resumedAt = new WeakMap<ChildProcess, number>();
  #setAside = 0;

  constructor(seed: number, lateMs: number, longestMs: number) {
    this.#random = new Seeded(seed);
    this.#lateMs = lateMs;
    this.#longestMs = longestMs;
  }

  /** What happened, as an item's counts say it. */
  get counts(): { readonly undone: number; readonly [setAside]: number } {
    return { undone: this.removals.length, [setAside]: this.#setAside };
  }

  /**
   * Notes that a stopped process is about to go on. What it sent before must have been read: a request that is read from now on
   * leaves it only now, whenever it stamped it.
   */
  resumed(child: ChildProcess): void {
    this.#resumedAt.set(child, machineTime());
  }

  serve(child: ChildProcess): void {
    child.on("message", (message) => {
      const request = message as LedgerRequest;
      if (request.type !== "ledger") return;
      // This process is the network, and may be slow to read: what counts is when a request was sent. A look is answered
      // only when all that was sent before it has been read from its pipe.
      if (request.act !== "make") return setImmediate(() => setImmediate(() => this.#act(child, request)));
      const leftAt = Math.max(request.sentAt, this.#resumedAt.get(child) ?? 0);
      if (leftAt - (request.begunAt ?? leftAt) > this.#longestMs) {
        this.#setAside += 1; // it is not made, and never answered
        return;
      }
      const delayMs = request.sentAt + this.#random.next() * this.#lateMs - machineTime();
      if (delayMs < 1) return this.#act(child, request);
      return setTimeout(() => this.#act(child, request), delayMs);
    });
  }

  #act(child: ChildProcess, { id, act, key }: LedgerRequest): void {
    if (act === "make") this.resources.add(key);
    if (act === "remove" && this.resources.delete(key)) this.removals.push(key);
    if (!child.connected) return; // it was killed meanwhile
    child.send({ type: "ledger", id, present: this.resources.has(key) } satisfies LedgerReply, () => {});
  }
}
