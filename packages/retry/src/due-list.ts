import { type Clock, readAndNote, type Timer } from "@holdfast/errors/policy";
import { DueHeap, type HeapEntry } from "./due-heap.ts";

/** Something that falls due, unless it is taken off its list first. The list keeps all but `expire`; `dueAt` is on its clock. */
export interface DueEntry extends HeapEntry {
  /** Whether anyone waits for it still. */
  awaited: boolean;
  expire(): void;
}

/** A timer of Node's, which need not hold the process; other platforms have none that does. */
interface HoldingTimer {
  ref?(): void;
  unref?(): void;
}

/**
 * What falls due, soonest first, under one timer.
 *
 * Entries usually come in the order they fall due, so adding one is a single step. The timer stays armed
 * when nobody waits any more, without holding the process, and is re-armed only when it fires too early for the
 * next entry: a call that settles in time never touches it.
 */
export class DueList {
  readonly #clock: Clock;
  readonly #entries = new DueHeap<DueEntry>();
  #timer: Timer;
  #armedFor: number = Infinity;
  #awaited = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Puts an entry on the list, to expire in `delayMs`. */
  add(entry: DueEntry, delayMs: number): void {
    const dueAt = readAndNote(this.#clock) + delayMs;
    entry.dueAt = dueAt;
    entry.awaited = true;
    this.#awaited += 1;
    this.#entries.add(entry);
    if (dueAt < this.#armedFor) this.#arm(dueAt, delayMs);
    else if (this.#awaited === 1) (this.#timer as HoldingTimer | undefined)?.ref?.();
  }

  /** Takes the entry off; false if it has expired. */
  remove(entry: DueEntry): boolean {
    if (!entry.listed) return false;
    this.#entries.remove(entry);
    this.leave(entry);
    return true;
  }

  /** Nobody waits for the entry any more: it falls due all the same, but the process need not stay up for it. */
  leave(entry: DueEntry): void {
    if (!entry.awaited) return;
    entry.awaited = false;
    this.#awaited -= 1;
    if (this.#awaited === 0) this.#letGo();
  }

  #arm(dueAt: number, delayMs: number): void {
    if (this.#armedFor !== Infinity) this.#clock.clearTimeout(this.#timer);
    this.#armedFor = dueAt;
    this.#timer = this.#clock.setTimeout(this.#fire, delayMs);
    if (this.#awaited === 0) this.#letGo();
  }

  /** Lets the process end. A timer that cannot be let go of ends with the last entry. */
  #letGo(): void {
    if (this.#armedFor === Infinity) return;
    const { unref } = (this.#timer ?? {}) as HoldingTimer;
    if (unref !== undefined) {
      unref.call(this.#timer);
      return;
    }
    if (this.#entries.first !== undefined) return;
    this.#clock.clearTimeout(this.#timer);
    this.#armedFor = Infinity;
  }

  readonly #fire = (): void => {
    this.#armedFor = Infinity;
    const now = this.#clock.monotonic();
    let { first } = this.#entries;
    for (; first !== undefined && first.dueAt <= now; { first } = this.#entries) {
      this.remove(first);
      first.expire();
    }
    // Timers may fire a little early; what is left then is at least a millisecond off.
    if (first !== undefined) this.#arm(first.dueAt, Math.max(1, first.dueAt - now));
  };
}
