/** A place in a {@link WaitingLine}: what stands in one extends it. */
export class Place {
  before: Place | undefined;
  after: Place | undefined;
  /** The line it stands in. */
  line: object | undefined;
}

/** First in, first out; whoever leaves from the middle does so in constant time. */
export class WaitingLine<Standing extends Place> {
  #first: Standing | undefined;
  #last: Standing | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Standing | undefined {
    return this.#first;
  }

  join(standing: Standing): void {
    standing.line = this;
    standing.before = this.#last;
    standing.after = undefined;
    if (this.#last === undefined) this.#first = standing;
    else this.#last.after = standing;
    this.#last = standing;
    this.#size += 1;
  }

  /** Takes it out, wherever it stands; `false` if it stands elsewhere or no longer. */
  leave(standing: Standing): boolean {
    if (standing.line !== this) return false;
    if (standing.before === undefined) this.#first = standing.after as Standing | undefined;
    else standing.before.after = standing.after;
    if (standing.after === undefined) this.#last = standing.before as Standing | undefined;
    else standing.after.before = standing.before;
    standing.line = undefined;
    standing.before = undefined;
    standing.after = undefined;
    this.#size -= 1;
    return true;
  }

  *[Symbol.iterator](): Generator<Standing, void> {
    let standing = this.#first;
    while (standing !== undefined) {
      const { after } = standing; // read first: the caller may take this one out
      yield standing;
      standing = after as Standing | undefined;
    }
  }
}
