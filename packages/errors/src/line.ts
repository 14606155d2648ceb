/** A place in a {@link Line}: who stands in one extends it. */
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

/** First in, first out: a ring of places, which the line itself closes. */
export class Line<Standing extends Place> extends Place {
  get first(): Standing | undefined {
    return this.after === this ? undefined : (this.after as Standing);
  }

  get last(): Standing | undefined {
    return this.before === this ? undefined : (this.before as Standing);
  }

  /** Stands at the end. Whoever stands elsewhere leaves first. */
  join(standing: Standing): void {
    standing.before = this.before;
    standing.after = this;
    this.before.after = standing;
    this.before = standing;
  }

  /** Those who stand in it, the first first. The one at hand may leave meanwhile, others may not. */
  *[Symbol.iterator](): Generator<Standing, void> {
    for (let place = this.after; place !== this; ) {
      const { after } = place;
      yield place as Standing;
      place = after;
    }
  }
}
