import { resolve } from "node:path";
import { OptionError } from "@holdfast/errors";
import { assertInteger, assertKnownOptions, assertOneOf } from "@holdfast/errors/policy";
import { JournalError } from "../journal-error.ts";
import type {
  AppendRequest,
  Commit,
  CommitMember,
  Entry,
  JournalHead,
  JournalStore,
  OwnerSight,
  TransactionFilter,
  TransactionSummary,
} from "../journal-store.ts";
import type { EngineOptions } from "./engine.ts";
import type { EngineMethod } from "./host.ts";
import type { MainThreadClient } from "./main-thread-client.ts";
import { requireSqlite } from "./require-sqlite.ts";
import { fullError } from "./sqlite-failure.ts";
import { WorkerClient } from "./worker-client.ts";

export interface SqliteStoreOptions {
  /** The file; made, with its folders, if there is none: readable by its owner alone. Beside it lie `-wal`, `-shm`, `-ballast` and `-owners`. A local disk, never NFS. */
  readonly path: string;
  /**
   * Where SQLite runs. `worker`: in a thread of its own, so that a flush never holds up the event loop. `main`: here; starts faster, for a
   * command that does one thing. Default `worker`.
   */
  readonly execution?: "worker" | "main" | undefined;
  /** Bytes kept in reserve, to roll back what is open when the disk is full. 0: none. Default 524,288. */
  readonly ballastBytes?: number | undefined;
}

/** A store in one SQLite file, for any number of processes of one machine. What it acknowledges survives `kill -9` and loss of power. */
export function sqliteStore(options: SqliteStoreOptions): JournalStore {
  assertKnownOptions("sqliteStore()", options, { path: 0, execution: 0, ballastBytes: 0 });
  const { path, execution = "worker", ballastBytes = 524_288 } = options;
  if (typeof path !== "string" || path === "" || path === ":memory:")
    throw new OptionError("path", "a file's path", path);
  assertOneOf("execution", execution, ["worker", "main"]);
  assertInteger("ballastBytes", ballastBytes, { min: 0 });
  return new SqliteStore({ path: resolve(path), ballastBytes }, execution);
}

async function openHere(options: EngineOptions): Promise<MainThreadClient> {
  const { MainThreadClient } = await import("./main-thread-client.ts"); // only now: not every Node has SQLite
  return MainThreadClient.open(options);
}

type Client = WorkerClient | MainThreadClient;

class SqliteStore implements JournalStore {
  readonly kind = "sqlite";
  readonly #options: EngineOptions;
  readonly #execution: "worker" | "main";
  #client: Client | undefined;

  constructor(options: EngineOptions, execution: "worker" | "main") {
    this.#options = options;
    this.#execution = execution;
  }

  async open(): Promise<void> {
    requireSqlite();
    this.#client ??= await (this.#execution === "main" ? openHere(this.#options) : WorkerClient.open(this.#options));
  }

  async append(request: AppendRequest): Promise<"appended" | "fenced"> {
    const outcome = await this.#opened().append(request);
    if (outcome === "full") throw fullError(this.#options.path, undefined);
    return outcome;
  }

  read(transaction: string, from = 0): Promise<readonly Entry[]> {
    return this.#call("read", transaction, from);
  }

  list(filter: TransactionFilter = {}): Promise<readonly TransactionSummary[]> {
    return this.#call("list", filter);
  }

  readKey(transaction: string): Promise<Uint8Array | undefined> {
    return this.#call("readKey", transaction);
  }

  beat(owner: string): Promise<void> {
    return this.#call("beat", owner);
  }

  observe(owner: string): Promise<OwnerSight | undefined> {
    return this.#call("observe", owner);
  }

  retire(owner: string): Promise<void> {
    return this.#call("retire", owner);
  }

  prune(before: number): Promise<readonly string[]> {
    return this.#call("prune", before);
  }

  head(): Promise<JournalHead> {
    return this.#call("head");
  }

  commits(after: number, limit: number): Promise<readonly Commit[]> {
    return this.#call("commits", after, limit);
  }

  members(first: number, last: number): Promise<readonly CommitMember[]> {
    return this.#call("members", first, last);
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }

  async #call<T>(method: EngineMethod, ...args: readonly unknown[]): Promise<T> {
    return (await this.#opened().call(method, ...args)) as T;
  }

  #opened(): Client {
    if (this.#client !== undefined) return this.#client;
    throw new JournalError("ERR_JOURNAL_CLOSED", `The journal ${this.#options.path} is not open: call open() first`);
  }
}
