import type { Seeded } from "../simulation/seeded.ts";
import type { DiskCall } from "./recording.ts";

const sector = 512;

/** How much of what was not flushed survives the loss of power. */
export type Survival = "none" | "all" | "some sectors";

/** A disk that is written and flushed, and may lose power at any moment. */
export class Disk {
  readonly #flushed = new Map<string, Buffer>();
  readonly #unflushed = new Map<string, DiskCall[]>();
  readonly #unlinked = new Set<string>();
  readonly #folder: string;
  readonly #lies: (file: string) => boolean;

  /** `folder`: the folder's own name: flushing it makes its deletions durable. `lies`: files whose flushes do nothing. */
  constructor(folder: string, lies: (file: string) => boolean = () => false) {
    this.#folder = folder;
    this.#lies = lies;
  }

  do(call: DiskCall): void {
    const { kind, file } = call;
    if (kind === "U") this.#unlinked.add(file);
    if (kind === "O") this.#unlinked.delete(file); // made anew
    if (kind === "S" && file === this.#folder) this.#forgetUnlinked();
    if (kind === "W" || kind === "T") this.#unflushed.set(file, [...(this.#unflushed.get(file) ?? []), call]);
    if (kind !== "S" || this.#lies(file)) return;
    this.#flushed.set(file, this.#contents(file, "all"));
    this.#unflushed.delete(file);
  }

  /** What its files hold when power is lost now. */
  losePower(survival: Survival, random: Seeded): ReadonlyMap<string, Buffer> {
    const unlinks = (file: string) =>
      this.#unlinked.has(file) && (survival === "all" || (survival === "some sectors" && random.chance(0.5)));
    const files = [...new Set([...this.#flushed.keys(), ...this.#unflushed.keys()])].filter((file) => !unlinks(file));
    return new Map(files.map((file) => [file, this.#contents(file, survival, random)]));
  }

  #forgetUnlinked(): void {
    for (const file of this.#unlinked) {
      this.#flushed.delete(file);
      this.#unflushed.delete(file);
    }
    this.#unlinked.clear();
  }

  #contents(file: string, survival: Survival, random?: Seeded): Buffer {
    const survives = () => survival === "all" || (survival === "some sectors" && random!.chance(0.5));
    let bytes = this.#flushed.get(file) ?? Buffer.alloc(0);
    for (const { kind, offset, data } of this.#unflushed.get(file) ?? []) {
      if (kind === "T") {
        if (survives()) bytes = resized(bytes, offset);
        continue;
      }
      for (let from = 0; from < data.length; ) {
        const to = Math.min(data.length, from + sector - ((offset + from) % sector));
        if (survives()) bytes = written(bytes, offset + from, data.subarray(from, to));
        from = to;
      }
    }
    return bytes;
  }
}

function resized(bytes: Buffer, size: number): Buffer {
  return size <= bytes.length
    ? Buffer.from(bytes.subarray(0, size))
    : Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]);
}

function written(bytes: Buffer, offset: number, data: Buffer): Buffer {
  const whole = bytes.length >= offset + data.length ? Buffer.from(bytes) : resized(bytes, offset + data.length);
  data.copy(whole, offset);
  return whole;
}
