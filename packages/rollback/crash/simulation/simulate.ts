import type { Transaction } from "../../src/forward/transaction.ts";
import type { Journal } from "../../src/journal.ts";
import { isJournalError } from "../../src/journal-error.ts";
import { openJournal } from "../../src/open-journal.ts";
import { recover } from "../../src/recovery/recover.ts";
import { verifyJournal } from "../../src/verify.ts";
import { type PlantedBug, type PlantedBugName, plantedBugs } from "./planted-bug.ts";
import { processStore } from "./process-store.ts";
import { Seeded } from "./seeded.ts";
import { SimulatedProcess, Timeline } from "./timeline.ts";
import { WatchedStore } from "./watched-store.ts";
import { type Make, settleMarginMs, World } from "./world.ts";

export interface SimulationResult {
  readonly seed: number;
  readonly transactions: number;
  readonly kills: number;
  readonly stops: number;
  readonly takeovers: number;
  readonly undoCalls: number;
  /** Invariants that were broken; empty if all held. */
  readonly problems: readonly string[];
}

const leaseMs = 600;
const workMs = 5_000;

/**
 * One run, decided by its seed: processes run transactions, recover, are killed and stopped, their clocks jump, requests get lost;
 * then all is recovered, and what the cloud holds is compared with what the journal says.
 */
export async function simulate(seed: number, bug?: PlantedBugName): Promise<SimulationResult> {
  const simulation = new Simulation(seed, bug === undefined ? {} : plantedBugs[bug]);
  await simulation.run();
  return simulation.result();
}

class Simulation {
  readonly #seed: number;
  readonly #bug: PlantedBug;
  readonly #random: Seeded;
  readonly #timeline = new Timeline();
  readonly #problems: string[] = [];
  readonly #disk = new WatchedStore(this.#problems);
  readonly #world: World;
  readonly #processes: SimulatedProcess[] = [];
  readonly #keysByTransaction = new Map<string, Set<string>>();
  readonly #acknowledged = new Set<string>();
  readonly #processByOwner = new Map<string, SimulatedProcess>();
  readonly #lastBeat = new Map<string, number>();
  #transactions = 0;
  #kills = 0;
  #stops = 0;

  constructor(seed: number, bug: PlantedBug) {
    this.#seed = seed;
    this.#bug = bug;
    this.#random = new Seeded(seed);
    this.#world = new World(this.#timeline, this.#random, this.#disk);
    this.#disk.onBeat = (owner) => this.#lastBeat.set(owner, this.#timeline.now);
    this.#disk.onTakeover = (transaction, from) => this.#checkDead(transaction, from);
  }

  async run(): Promise<void> {
    const workers = this.#random.integer(1, 3);
    const disturbedMs = 800;
    for (let index = 0; index < workers; index++)
      this.#start(this.#random.integer(0, 200), (journal, make) => this.#work(journal, make));
    const recoverers = this.#random.integer(0, 3);
    for (let index = 0; index < recoverers; index++) {
      this.#start(this.#random.integer(0, disturbedMs), (journal) => recover(journal, { strategy: "automatic" }));
    }
    for (let index = this.#random.integer(0, 4); index > 0; index--) {
      this.#timeline.after(this.#random.integer(0, disturbedMs), undefined, () => this.#disturb());
    }
    await this.#timeline.run(() => this.#timeline.now > workMs);
    await this.#finish();
    await this.#check();
  }

  result(): SimulationResult {
    const { takeovers } = this.#disk;
    return {
      seed: this.#seed,
      transactions: this.#transactions,
      kills: this.#kills,
      stops: this.#stops,
      takeovers,
      undoCalls: this.#world.undoCalls,
      problems: [...new Set(this.#problems)],
    };
  }

  #start(delayMs: number, run: (journal: Journal, make: Make) => Promise<unknown>): SimulatedProcess {
    const process = new SimulatedProcess(`process ${this.#processes.length}`);
    this.#processes.push(process);
    this.#timeline.after(delayMs, process, () => {
      void this.#open(process)
        .then(({ journal, make }) => run(journal, make))
        .catch((error) => {
          if (!isJournalError(error)) this.#problems.push(`${process.name} failed: ${String(error)}`);
        });
    });
    return process;
  }

  async #open(process: SimulatedProcess) {
    const made = this.#world.operationFor(process);
    const make = this.#bug.operation?.(made) ?? made;
    const clock = this.#timeline.clockOf(process);
    const store = processStore(process, this.#timeline, this.#random, this.#disk);
    const journal = await openJournal({
      store: this.#bug.store?.(store) ?? store,
      operations: [make],
      clock: this.#bug.clock?.(clock) ?? clock,
      leaseMs,
      settleMarginMs,
      random: this.#random.next,
      randomBytes: this.#random.bytes,
      undo: { maxAttempts: 4, baseMs: 5, maxMs: 20 },
    });
    this.#processByOwner.set(journal.owner, process);
    return { journal, make };
  }

  // A process that runs, has not been stopped lately, and has just raised its counter, must keep what it owns.
  #checkDead(transaction: string, owner: string): void {
    const process = this.#processByOwner.get(owner);
    const { now } = this.#timeline;
    if (this.#disk.states.get(transaction)?.status === "parked") return; // a person's decision: nobody works on it
    if (process?.alive !== true || now - process.stoppedUntil < leaseMs * 2) return;
    if (now - (this.#lastBeat.get(owner) ?? 0) < leaseMs)
      this.#problems.push(`lease: ${transaction} was taken from a living owner`);
  }

  async #work(journal: Journal, make: Make): Promise<void> {
    for (let index = this.#random.integer(1, 3); index > 0; index--) {
      try {
        await this.#transaction(journal, make);
      } catch (error) {
        if (isJournalError(error, "ERR_JOURNAL_FENCED")) continue;
        if (isJournalError(error)) throw error;
      }
    }
    if (this.#random.chance(0.3)) await journal.prune({ olderThanMs: 10 });
  }

  async #transaction(journal: Journal, make: Make): Promise<void> {
    const tx = await journal.begin("work");
    try {
      await this.#steps(tx, make);
    } finally {
      await tx[Symbol.asyncDispose]();
    }
  }

  async #steps(tx: Transaction, make: Make): Promise<void> {
    this.#transactions += 1;
    const keys = new Set<string>();
    this.#keysByTransaction.set(tx.id, keys);
    const runner = this.#random.chance(0.3) ? tx.group() : tx;
    const parallel = runner !== tx;
    const steps: Promise<unknown>[] = [];
    for (let step = this.#random.integer(1, 4); step > 0; step--) {
      const key = `${tx.id}-${keys.size}`;
      keys.add(key);
      const running = runner.run(make, { key });
      steps.push(running);
      running.catch(() => {});
      if (!parallel) await running;
    }
    await Promise.all(steps);
    if (this.#random.chance(0.3)) await tx.checkpoint("here", { steps: keys.size });
    if (this.#random.chance(0.25)) {
      await tx.rollback("changed its mind");
      return;
    }
    await tx.commit();
    this.#acknowledged.add(tx.id);
  }

  #disturb(): void {
    const process = this.#random.pick(this.#processes);
    const kind = this.#random.next();
    if (kind < 0.4) {
      if (process.alive) this.#kills += 1;
      process.alive = false;
    } else if (kind < 0.7) {
      this.#stops += 1;
      process.stoppedUntil = this.#timeline.now + this.#random.integer(10, leaseMs * 4);
    } else process.wallClockOffMs += this.#random.pick([3_600_000, -3_600_000, 86_400_000, -86_400_000]);
  }

  // Whoever is left dies; everything works again; one last process recovers what is open, and closes what waits for a person.
  async #finish(): Promise<void> {
    for (const process of this.#processes) process.alive = false;
    let finished = false;
    this.#start(0, async (journal) => {
      await recover(journal, { strategy: "automatic" });
      this.#world.heal();
      for (const { id } of await journal.transactions({ open: true })) {
        const { steps } = await journal.show(id);
        for (const { step, status } of steps) {
          if (status === "parked") await journal.decide(id, step, { decision: "retry", who: "test", why: "healed" });
        }
      }
      finished = true;
    });
    await this.#timeline.run(() => finished);
    if (!finished) this.#problems.push("the last recovery did not end");
  }

  async #check(): Promise<void> {
    const { store, states, pruned } = this.#disk;
    for (const { id, status } of await store.list({ open: true })) this.#problems.push(`${id} is left ${status}`);
    for (const [id, keys] of this.#keysByTransaction) {
      const state = states.get(id);
      const made = [...keys].filter((key) => this.#world.resources.has(key));
      if (state?.status === "committed") {
        const done = state.steps.filter(({ status }) => status === "done").length;
        if (made.length !== done)
          this.#problems.push(`${id} is committed with ${done} steps done, and ${made.length} resources are there`);
      } else if (made.length > 0)
        this.#problems.push(`leak: ${made.length} resources of ${id}, which is ${state?.status ?? "not there"}`);
    }
    for (const id of this.#acknowledged) {
      if (states.get(id)?.status !== "committed") this.#problems.push(`acknowledged commit of ${id} is lost`);
    }
    for (const { message, what, id } of (await verifyJournal(store)).problems) {
      if (!pruned.has(id)) this.#problems.push(`${what} ${id}: ${message}`);
    }
  }
}
