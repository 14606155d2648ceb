import { defineOperation, type Operation, type StepContext } from "../../src/define-operation.ts";
import { answerLost, refused } from "../cloud.ts";
import type { Seeded } from "./seeded.ts";
import type { SimulatedProcess, Timeline } from "./timeline.ts";
import type { WatchedStore } from "./watched-store.ts";

export const deadlineMs = 400;
export const settleMarginMs = 100;

export type Make = Operation<{ readonly key: string }, { readonly id: string }>;

/** The cloud of a simulation: requests take their time, get lost or are refused, and take effect although nobody waits any more. */
export class World {
  readonly resources: Set<string> = new Set();
  /** Requests to make something that are still on their way, by step. */
  readonly #onTheirWay = new Map<string, number>();
  readonly #poison = new Set<string>();
  readonly #timeline: Timeline;
  readonly #random: Seeded;
  readonly #disk: WatchedStore;
  undoCalls = 0;

  constructor(timeline: Timeline, random: Seeded, disk: WatchedStore) {
    this.#timeline = timeline;
    this.#random = random;
    this.#disk = disk;
  }

  /** Nothing goes wrong any more, and what could not be deleted can be. */
  heal(): void {
    this.#poison.clear();
    this.#healed = true;
  }
  #healed = false;

  /** The operation as one process calls it. */
  operationFor(process: SimulatedProcess): Make {
    return defineOperation({
      name: "make",
      version: 1,
      class: "undoable",
      deadlineMs,
      consistencyMs: 0,
      apply: ({ key }: { readonly key: string }, context) => this.#make(process, key, context),
      probe: ({ key }, context) => this.#look(process, key, context),
      compensate: ({ key }, context) => this.#remove(process, key, context),
    });
  }

  #make(process: SimulatedProcess, key: string, { transaction, step }: StepContext): Promise<{ readonly id: string }> {
    const place = `${transaction}/${step}`;
    if (!this.#disk.intended.has(place)) this.#problem(`W1: ${place} began before its intent was durable`);
    const fate = this.#random.next();
    if (fate < 0.05) return this.#answer(process, () => Promise.reject(refused()));
    if (fate < 0.1) return this.#answer(process, () => Promise.reject(answerLost())); // it never arrives
    if (this.#random.chance(0.05)) this.#poison.add(key);
    this.#onTheirWay.set(place, (this.#onTheirWay.get(place) ?? 0) + 1);
    // The effect's time is bounded by its signal, and the request's by the margin: it arrives within both, whoever dies.
    const delayMs = this.#random.chance(0.2) ? this.#random.integer(0, settleMarginMs) : this.#random.integer(0, 10);
    return new Promise((resolve, reject) => {
      this.#timeline.after(delayMs, undefined, () => {
        this.#onTheirWay.set(place, this.#onTheirWay.get(place)! - 1);
        this.resources.add(key);
        if (fate < 0.2) this.#timeline.after(3, process, () => reject(answerLost()));
        else if (fate >= 0.23) this.#timeline.after(this.#answerDelayMs(), process, () => resolve({ id: key }));
        // else it hangs
      });
    });
  }

  #answerDelayMs(): number {
    return this.#random.chance(0.2) ? this.#random.integer(50, 250) : this.#random.integer(0, 5);
  }

  #look(process: SimulatedProcess, key: string, context: StepContext) {
    this.#checkSettled(context, "probed");
    return this.#answer(process, async () => {
      if (!this.#healed && this.#random.chance(0.1)) throw answerLost();
      return this.resources.has(key)
        ? ({ state: "applied", output: { id: key } } as const)
        : ({ state: "absent" } as const);
    });
  }

  #remove(process: SimulatedProcess, key: string, context: StepContext): Promise<void> {
    this.#checkSettled(context, "undone");
    if (this.#disk.states.get(context.transaction)?.status === "committed") {
      this.#problem(`${context.transaction} was undone after its commit`);
    }
    this.undoCalls += 1;
    return this.#answer(process, async () => {
      if (this.#poison.has(key)) throw refused("ValidationException");
      if (!this.#healed && this.#random.chance(0.1)) throw answerLost();
      this.resources.delete(key);
      if (!this.#healed && this.#random.chance(0.1)) throw answerLost();
    });
  }

  #checkSettled({ transaction, step }: StepContext, what: string): void {
    const place = `${transaction}/${step}`;
    if ((this.#onTheirWay.get(place) ?? 0) > 0)
      this.#problem(`W8: ${place} was ${what} while its request was on its way`);
  }

  #answer<T>(process: SimulatedProcess, effect: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#timeline.after(this.#random.integer(0, 5), undefined, () => {
        effect().then(
          (value) => this.#timeline.after(this.#random.integer(0, 5), process, () => resolve(value)),
          (error) => this.#timeline.after(this.#random.integer(0, 5), process, () => reject(error)),
        );
      });
    });
  }

  #problem(text: string): void {
    this.#disk.problems.push(text);
  }
}
