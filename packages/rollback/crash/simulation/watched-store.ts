import { isJournalError } from "../../src/journal-error.ts";
import type { AppendRequest, JournalStore } from "../../src/journal-store.ts";
import { memoryStore } from "../../src/memory-store.ts";
import type { JournalRecord } from "../../src/protocol/record.ts";
import { TransactionState } from "../../src/protocol/transaction-state.ts";

/** The disk that the processes of a simulation share; it checks what becomes durable against the protocol. */
export class WatchedStore {
  readonly store: JournalStore = memoryStore();
  readonly states: Map<string, TransactionState> = new Map();
  readonly problems: string[];
  /** `transaction/step` of every intent that is durable. */
  readonly intended: Set<string> = new Set();
  readonly pruned: Set<string> = new Set();
  takeovers = 0;
  fenced = 0;

  /** Told of every takeover, with the owner before. */
  onTakeover: (transaction: string, from: string) => void = () => {};
  /** Told of every beat. */
  onBeat: (owner: string) => void = () => {};

  constructor(problems: string[]) {
    this.problems = problems;
  }

  async beat(owner: string): Promise<void> {
    this.onBeat(owner);
    await this.store.beat(owner);
  }

  async append(request: AppendRequest): Promise<"appended" | "fenced"> {
    const outcome = await this.store.append(request);
    if (outcome === "appended") this.#check(request);
    else this.fenced += 1;
    return outcome;
  }

  async prune(before: number): Promise<readonly string[]> {
    const pruned = await this.store.prune(before);
    for (const id of pruned) {
      this.pruned.add(id);
      if (this.states.get(id)?.final !== true) this.problems.push(`W7: ${id} was pruned although it is open`);
    }
    return pruned;
  }

  #check({ transaction, body }: AppendRequest): void {
    const state = this.states.get(transaction) ?? new TransactionState(transaction);
    this.states.set(transaction, state);
    const { by, records } = JSON.parse(body) as { readonly by: string; readonly records: readonly JournalRecord[] };
    for (const record of records) {
      if (record.type !== "BEGIN" && record.type !== "TAKEOVER" && by !== state.owner) {
        this.problems.push(`W3: ${record.type} of ${transaction} was written by ${by}, but ${state.owner} owns it`);
      }
      if (record.type === "TAKEOVER") {
        this.takeovers += 1;
        this.onTakeover(transaction, state.owner);
      }
      try {
        state.apply(record);
      } catch (error) {
        this.problems.push(`protocol: ${isJournalError(error) ? error.message : String(error)}`);
      }
      if (record.type === "INTENT") this.intended.add(`${transaction}/${record.step}`);
    }
  }
}
