import type { OutcomeWindow, WindowCounts } from "./outcome-window.ts";

const failedBit = 1;
const slowBit = 2;
const callsPerWord = 15; // two bits each: a word stays a small integer, and an array of them is compact
const bitsPerWord = 2 * callsPerWord;

/** The last `size` calls, as a ring of bits. */
export class CountWindow implements OutcomeWindow {
  readonly #size: number;
  readonly #words: number[];
  /** Where the next call goes: kept as two, because dividing costs more than the rest of a recording. */
  #word = 0;
  #shift = 0;
  #calls = 0;
  #failures = 0;
  #slowCalls = 0;

  constructor(size: number) {
    this.#size = size;
    this.#words = new Array<number>(Math.ceil(size / callsPerWord)).fill(0);
  }

  record(failed: boolean, slow: boolean): void {
    const held = this.#words[this.#word]!;
    if (this.#calls === this.#size) this.#forget((held >> this.#shift) & 3);
    else this.#calls++;
    const bits = (failed ? failedBit : 0) | (slow ? slowBit : 0);
    this.#words[this.#word] = (held & ~(3 << this.#shift)) | (bits << this.#shift);
    if (failed) this.#failures++;
    if (slow) this.#slowCalls++;
    this.#moveOn();
  }

  counts(): WindowCounts {
    return { calls: this.#calls, failures: this.#failures, slowCalls: this.#slowCalls };
  }

  /** The calls, oldest first: 0 good, 1 failed, 2 slow, 3 both. */
  save(): readonly number[] {
    const first = this.#calls === this.#size ? this.#next() : 0;
    return Array.from({ length: this.#calls }, (_, index) => this.#bitsAt((first + index) % this.#size));
  }

  load(saved: readonly number[]): boolean {
    if (saved.some((bits) => !Number.isInteger(bits) || bits < 0 || bits > 3)) return false;
    for (const bits of saved.slice(-this.#size)) this.record((bits & failedBit) !== 0, (bits & slowBit) !== 0);
    return true;
  }

  #next(): number {
    return this.#word * callsPerWord + this.#shift / 2;
  }

  #moveOn(): void {
    this.#shift += 2;
    if (this.#shift === bitsPerWord) {
      this.#shift = 0;
      this.#word++;
    }
    if (this.#next() === this.#size) {
      this.#shift = 0;
      this.#word = 0;
    }
  }

  #bitsAt(index: number): number {
    return (this.#words[Math.floor(index / callsPerWord)]! >> ((index % callsPerWord) * 2)) & 3;
  }

  #forget(bits: number): void {
    if ((bits & failedBit) !== 0) this.#failures--;
    if ((bits & slowBit) !== 0) this.#slowCalls--;
  }
}
