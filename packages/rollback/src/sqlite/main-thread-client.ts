import type { AppendRequest } from "../journal-store.ts";
import type { AppendOutcome, EngineOptions } from "./engine.ts";
import { type EngineMethod, idleMs, SqliteHost } from "./host.ts";

interface Waiting {
  readonly request: AppendRequest;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** SQLite in the caller's own thread. Appends made in one turn share a flush. */
export class MainThreadClient {
  readonly #host: SqliteHost;
  #waiting: Waiting[] = [];
  #committing = false;
  #idle: NodeJS.Timeout | undefined;

  private constructor(host: SqliteHost) {
    this.#host = host;
  }

  static async open(options: EngineOptions): Promise<MainThreadClient> {
    return new MainThreadClient(await SqliteHost.open(options));
  }

  append(request: AppendRequest): Promise<AppendOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      if (this.#waiting.length === 1 && !this.#committing) setImmediate(() => void this.#commit());
    });
  }

  call(method: EngineMethod, ...args: readonly unknown[]): Promise<unknown> {
    this.#tidyWhenIdle();
    return this.#host.call(method, ...(args as never));
  }

  async close(): Promise<void> {
    await this.#commit();
    clearTimeout(this.#idle);
    await this.#host.close();
  }

  async #commit(): Promise<void> {
    if (this.#committing) return;
    this.#committing = true;
    this.#tidyWhenIdle();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const outcomes = await this.#host.append(batch.map(({ request }) => request));
        for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#committing = false;
  }

  #tidyWhenIdle(): void {
    if (this.#idle !== undefined) {
      this.#idle.refresh();
      return;
    }
    this.#idle = setTimeout(() => {
      this.#idle = undefined;
      this.#host.tidy();
    }, idleMs).unref();
  }
}
