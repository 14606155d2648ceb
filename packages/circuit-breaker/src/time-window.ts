import type { OutcomeWindow, WindowCounts } from "./outcome-window.ts";

const savedFields = 4; // of one bucket: its age, calls, failures, slow calls

/**
 * The calls of the last `lengthMs`, in buckets: the oldest bucket drops out whole, so the window covers
 * between (buckets − 1)/buckets of its length and all of it. Time passes for it whether calls come or not.
 */
export class TimeWindow implements OutcomeWindow {
  readonly #bucketMs: number;
  readonly #buckets: number;
  /** Calls and failures of each bucket, and its slow calls if they are counted. */
  readonly #counts: number[];
  readonly #fields: 2 | 3;
  /** The number of the newest bucket since the clock's beginning, where its counts are, and when it ends. */
  #newest = 0;
  #newestSlot = 0;
  #newestEndsAtMs: number;
  #calls = 0;
  #failures = 0;
  #slowCalls = 0;

  constructor(lengthMs: number, buckets: number, countsSlow: boolean) {
    this.#buckets = buckets;
    this.#bucketMs = lengthMs / buckets;
    this.#newestEndsAtMs = this.#bucketMs;
    this.#fields = countsSlow ? 3 : 2;
    this.#counts = new Array<number>(buckets * this.#fields).fill(0);
  }

  record(failed: boolean, slow: boolean, atMs: number): void {
    this.#moveTo(atMs);
    this.#add(this.#newestSlot, 1, failed ? 1 : 0, slow ? 1 : 0);
  }

  counts(atMs: number): WindowCounts {
    this.#moveTo(atMs);
    return { calls: this.#calls, failures: this.#failures, slowCalls: this.#slowCalls };
  }

  /** `[bucketMs, ageMs, calls, failures, slowCalls, ageMs, …]`, buckets without calls left out; `[]` if all are. */
  save(atMs: number): readonly number[] {
    this.#moveTo(atMs);
    if (this.#calls === 0) return [];
    const saved = [this.#bucketMs];
    for (let age = 0; age < this.#buckets; age++) {
      const [calls, failures, slowCalls] = this.#bucketAt(this.#slotOf(this.#newest - age));
      if (calls > 0) saved.push(age * this.#bucketMs, calls, failures, slowCalls);
    }
    return saved;
  }

  load(saved: readonly number[], atMs: number, ageMs: number): boolean {
    const [bucketMs, ...rest] = saved;
    if (bucketMs !== this.#bucketMs || rest.length % savedFields !== 0) return false;
    if (!rest.every((number) => Number.isFinite(number) && number >= 0)) return false;
    this.#moveTo(atMs);
    for (let index = 0; index < rest.length; index += savedFields) {
      const [bucketAgeMs = 0, calls = 0, failures = 0, slowCalls = 0] = rest.slice(index, index + savedFields);
      const age = Math.floor((bucketAgeMs + ageMs) / this.#bucketMs);
      if (age < this.#buckets)
        this.#add(this.#slotOf(this.#newest - age), calls, Math.min(failures, calls), Math.min(slowCalls, calls));
    }
    return true;
  }

  #add(at: number, calls: number, failures: number, slowCalls: number): void {
    this.#counts[at]! += calls;
    this.#counts[at + 1]! += failures;
    this.#calls += calls;
    this.#failures += failures;
    if (this.#fields === 2) return;
    this.#counts[at + 2]! += slowCalls;
    this.#slowCalls += slowCalls;
  }

  #moveTo(atMs: number): void {
    if (atMs < this.#newestEndsAtMs) return;
    const bucket = Math.floor(atMs / this.#bucketMs);
    const passed = Math.min(bucket - this.#newest, this.#buckets);
    for (let step = 1; step <= passed; step++) this.#empty(this.#slotOf(bucket - passed + step));
    this.#newest = bucket;
    this.#newestSlot = this.#slotOf(bucket);
    this.#newestEndsAtMs = (bucket + 1) * this.#bucketMs;
  }

  #empty(at: number): void {
    const [calls, failures, slowCalls] = this.#bucketAt(at);
    this.#calls -= calls;
    this.#failures -= failures;
    this.#slowCalls -= slowCalls;
    this.#counts.fill(0, at, at + this.#fields);
  }

  #bucketAt(at: number): readonly [calls: number, failures: number, slowCalls: number] {
    return [this.#counts[at]!, this.#counts[at + 1]!, this.#fields === 3 ? this.#counts[at + 2]! : 0];
  }

  #slotOf(bucket: number): number {
    return (((bucket % this.#buckets) + this.#buckets) % this.#buckets) * this.#fields;
  }
}
