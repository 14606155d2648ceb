import type { Batch } from "./point.ts";

/** Batches in order of time, of at most so many points in all: the oldest make room. */
export class PointQueue {
  readonly #batches: Batch[] = [];
  readonly #most: number;
  readonly #dropped: (points: number) => void;
  #points = 0;

  constructor(most: number, dropped: (points: number) => void) {
    this.#most = most;
    this.#dropped = dropped;
  }

  get points(): number {
    return this.#points;
  }

  get oldest(): Batch | undefined {
    return this.#batches[0];
  }

  push(batch: Batch): void {
    if (batch.points.length === 0) return;
    this.#batches.push(batch);
    this.#added(batch);
  }

  /** Puts a batch before all others. */
  unshift(batch: Batch): void {
    if (batch.points.length === 0) return;
    this.#batches.unshift(batch);
    this.#added(batch);
  }

  /** Takes the oldest batch out. */
  shift(): Batch | undefined {
    const oldest = this.#batches.shift();
    this.#points -= oldest?.points.length ?? 0;
    return oldest;
  }

  /** Empties the queue; returns how many points it held. */
  clear(): number {
    const points = this.#points;
    this.#batches.length = this.#points = 0;
    return points;
  }

  #added({ points }: Batch): void {
    this.#points += points.length;
    const excess = this.#points - this.#most;
    if (excess <= 0) return;
    this.#drop(excess);
    this.#dropped(excess);
  }

  #drop(excess: number): void {
    this.#points -= excess;
    for (let left = excess; left > 0; ) {
      const oldest = this.#batches[0]!;
      if (oldest.points.length <= left) this.#batches.shift();
      else this.#batches[0] = { ...oldest, points: oldest.points.slice(left) };
      left -= oldest.points.length;
    }
  }
}
