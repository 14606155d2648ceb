import { type Clock, readAndNote, type Timer } from "@holdfast/errors/policy";

/** Something that falls due, unless it is taken off its list first. The list keeps all but `expire`. */
export interface DueEntry {
  /** On the list's clock. */
  dueAt: number;
  before: DueEntry | undefined;
  after: DueEntry | undefined;
  listed: boolean;
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
 * Entries usually come in the order they fall due, so adding one is a step at the tail. The timer stays armed
 * when nobody waits any more, without holding the process, and is re-armed only when it fires too early for the
 * next entry: a call that settles in time never touches it.
 */
export class DueList {
  readonly #clock: Clock;
  #head: DueEntry | undefined;
  #tail: DueEntry | undefined;
  #timer: Timer;
  #armedFor: number = Number.POSITIVE_INFINITY;
  #awaited = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Puts an entry on the list, to expire in `delayMs`. */
  add(entry: DueEntry, delayMs: number): void {
    const dueAt = readAndNote(this.#clock) + delayMs;
    entry.dueAt = dueAt;
    entry.listed = true;
    entry.awaited = true;
    this.#awaited += 1;
    this.#insert(entry);
    if (dueAt < this.#armedFor) this.#arm(dueAt, delayMs);
    else if (this.#awaited === 1) (this.#timer as HoldingTimer | undefined)?.ref?.();
  }

  /** Takes the entry off; false if it has expired. */
  remove(entry: DueEntry): boolean {
    if (!entry.listed) return false;
    this.#unlink(entry);
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

  #insert(entry: DueEntry): void {
    let before = this.#tail;
    while (before !== undefined && before.dueAt > entry.dueAt) before = before.before;
    const after = before === undefined ? this.#head : before.after;
    entry.before = before;
    entry.after = after;
    if (before === undefined) this.#head = entry;
    else before.after = entry;
    if (after === undefined) this.#tail = entry;
    else after.before = entry;
  }

  #unlink(entry: DueEntry): void {
    const { before, after } = entry;
    if (before === undefined) this.#head = after;
    else before.after = after;
    if (after === undefined) this.#tail = before;
    else after.before = before;
    entry.before = undefined;
    entry.after = undefined;
    entry.listed = false;
  }

  #arm(dueAt: number, delayMs: number): void {
    if (this.#armedFor !== Number.POSITIVE_INFINITY) this.#clock.clearTimeout(this.#timer);
    this.#armedFor = dueAt;
    this.#timer = this.#clock.setTimeout(this.#fire, delayMs);
    if (this.#awaited === 0) this.#letGo();
  }

  /** Lets the process end. A timer that cannot be let go of ends with the last entry. */
  #letGo(): void {
    if (this.#armedFor === Number.POSITIVE_INFINITY) return;
    const { unref } = (this.#timer ?? {}) as HoldingTimer;
    if (unref !== undefined) {
      unref.call(this.#timer);
      return;
    }
    if (this.#head !== undefined) return;
    this.#clock.clearTimeout(this.#timer);
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  readonly #fire = (): void => {
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    while (this.#head !== undefined && this.#head.dueAt <= now) {
      const entry = this.#head;
      this.remove(entry);
      entry.expire();
    }
    // Timers may fire a little early; what is left then is at least a millisecond off.
    if (this.#head !== undefined) this.#arm(this.#head.dueAt, Math.max(1, this.#head.dueAt - now));
  };
}
