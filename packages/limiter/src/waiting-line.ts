/** A place in a {@link WaitingLine}: who stands in one extends it. */
export class Place {
  before: Place = this;
  after: Place = this;

  /** Leaves the line, from wherever in it, in constant time. */
  leave(): void {
    this.before.after = this.after;
    this.after.before = this.before;
    this.before = this;
    this.after = this;
  }
}

/** First in, first out, among those of one priority: a ring of places, which the line itself closes. */
export class WaitingLine<Standing extends Place> extends Place {
  readonly priority: number;

  constructor(priority: number) {
    super();
    this.priority = priority;
  }

  get first(): Standing | undefined {
    return this.after === this ? undefined : (this.after as Standing);
  }

  join(standing: Standing): void {
    standing.before = this.before;
    standing.after = this;
    this.before.after = standing;
    this.before = standing;
  }
}
