import { setTimeout as sleep } from "node:timers/promises";
import { isJournalError, JournalError } from "../journal-error.ts";
import type { AppendRequest } from "../journal-store.ts";
import { type AppendOutcome, type EngineOptions, SqliteEngine } from "./engine.ts";
import {
  brokenError,
  damagedError,
  fullError,
  isBusy,
  isCorrupt,
  isDamaged,
  isFull,
  unopenedError,
} from "./sqlite-failure.ts";

const longestWaitMs = 2; // for another process to end its commit; SQLite's own wait starves processes

/** After so many milliseconds without work, {@link SqliteHost.tidy} is due. */
export const idleMs = 100;

/** The engine's methods that read or change one thing. */
export type EngineMethod = Exclude<keyof SqliteEngine, "append" | "tidy" | "close">;

/**
 * Keeps an engine: waits its turn among processes, and stops for good at the first input or output error.
 * Every error it rejects with is a `JournalError`.
 */
export class SqliteHost {
  readonly #path: string;
  #engine: SqliteEngine | undefined;
  #failure: JournalError | undefined;

  private constructor(path: string, engine: SqliteEngine) {
    this.#path = path;
    this.#engine = engine;
  }

  static async open(options: EngineOptions): Promise<SqliteHost> {
    for (;;) {
      try {
        return new SqliteHost(options.path, new SqliteEngine(options));
      } catch (error) {
        if (!isBusy(error)) throw unopened(error, options.path);
      }
      await turn();
    }
  }

  append(batch: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> {
    return this.#attempt((engine) => engine.append(batch));
  }

  call<Method extends EngineMethod>(
    method: Method,
    ...args: Parameters<SqliteEngine[Method]>
  ): Promise<ReturnType<SqliteEngine[Method]>> {
    return this.#attempt((engine) => {
      const run = engine[method] as (...args: Parameters<SqliteEngine[Method]>) => ReturnType<SqliteEngine[Method]>;
      return run.apply(engine, args);
    });
  }

  /** Does what can wait until nobody waits. */
  tidy(): void {
    try {
      this.#engine?.tidy();
    } catch (error) {
      if (!isBusy(error)) this.#failed(error);
    }
  }

  async close(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    this.#failure ??= new JournalError("ERR_JOURNAL_CLOSED", `The journal ${this.#path} is closed: open it again`);
    engine?.close();
  }

  async #attempt<T>(work: (engine: SqliteEngine) => T): Promise<T> {
    for (;;) {
      if (this.#engine === undefined) throw this.#failure;
      try {
        return work(this.#engine);
      } catch (error) {
        if (!isBusy(error)) throw this.#failed(error);
      }
      await turn();
    }
  }

  // A flush that failed may have lost what it was to keep, and a second one may still succeed: the handle is given up.
  #failed(error: unknown): JournalError {
    if (isCorrupt(error) || isFull(error) || isJournalError(error)) return named(error, this.#path);
    this.#failure = named(error, this.#path);
    const engine = this.#engine;
    this.#engine = undefined;
    try {
      engine?.close();
    } catch {
      // it is broken; what matters was said
    }
    return this.#failure;
  }
}

function unopened(error: unknown, path: string): JournalError {
  if (isFull(error) || isDamaged(error)) return named(error, path);
  return isJournalError(error) ? error : unopenedError(path, error);
}

function named(error: unknown, path: string): JournalError {
  if (isJournalError(error)) return error;
  if (isFull(error)) return fullError(path, error);
  return isCorrupt(error) ? damagedError(path, error) : brokenError(path, error);
}

function turn(): Promise<void> {
  return sleep(Math.random() * longestWaitMs);
}
