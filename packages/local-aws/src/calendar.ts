interface Entry {
  readonly at: number;
  readonly action: () => void;
}

/**
 * What AWS does later: replicas that come into sync, lists that catch up, deletions that end.
 * Nothing wakes up by itself: due actions run, in order, when the next request asks, so no timer is held.
 */
export class Calendar {
  #entries: Entry[] = [];
  #head = 0;

  schedule(at: number, action: () => void): void {
    const entries = this.#entries;
    let place = entries.length;
    while (place > this.#head && entries[place - 1]!.at > at) place--;
    if (place === entries.length) entries.push({ at, action });
    else entries.splice(place, 0, { at, action });
  }

  /** Runs what is due at `now`, including what those actions schedule for `now` or before. */
  runDue(now: number): void {
    while (this.#head < this.#entries.length && this.#entries[this.#head]!.at <= now) {
      this.#entries[this.#head++]!.action();
    }
    if (this.#head > 1_024) this.#forgetDone();
  }

  #forgetDone(): void {
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
