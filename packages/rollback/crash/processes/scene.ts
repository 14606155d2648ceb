import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { openJournal } from "../../src/open-journal.ts";
import { sqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { Ledger } from "./ledger.ts";
import type { Orders, Report } from "./orders.ts";
import type { WallClock } from "./wall-clock.ts";

const defaultDeadlineMs = 300;
const defaultMarginMs = 300;

export interface SceneOptions {
  readonly seed: number;
  readonly deadlineMs?: number | undefined;
  readonly settleMarginMs?: number | undefined;
  readonly leaseMs?: number | undefined;
  /** The longest a request is held up on its way. Default 10. */
  readonly lateMs?: number | undefined;
}

export interface StartOptions {
  readonly execArgv?: readonly string[] | undefined;
  /** Default: the machine's. */
  readonly clock?: WallClock | undefined;
}

export interface Running {
  readonly child: ChildProcess;
  /** The last thing it told, when it ended by itself. */
  readonly ended: Promise<Extract<Report, { readonly type: "finished" }> | undefined>;
  readonly working: Promise<void>;
}

/** One journal file, one ledger, and the processes that come and go. */
export class Scene {
  readonly ledger: Ledger;
  readonly acknowledged: Set<string> = new Set();
  readonly fenced: Set<string> = new Set();
  readonly #prunedStatusById = new Map<string, string>();
  readonly folder: string = mkdtempSync(join(tmpdir(), "crash-"));
  readonly #options: SceneOptions;

  constructor(options: SceneOptions) {
    this.#options = options;
    const { seed, lateMs = 10, deadlineMs = defaultDeadlineMs, settleMarginMs = defaultMarginMs } = options;
    this.ledger = new Ledger(seed, lateMs, deadlineMs + settleMarginMs);
  }

  get path(): string {
    return join(this.folder, "journal.db");
  }

  start(role: Orders["role"], rest: Partial<Orders> = {}, { execArgv = [], clock }: StartOptions = {}): Running {
    const { seed, deadlineMs = defaultDeadlineMs, settleMarginMs = defaultMarginMs, leaseMs = 5_000 } = this.#options;
    const orders: Orders = { path: this.path, role, seed, deadlineMs, settleMarginMs, leaseMs, ...rest };
    const child = fork(new URL("./child.ts", import.meta.url), [JSON.stringify(orders)], {
      execArgv: ["--conditions=@holdfast/source", "--disable-warning=ExperimentalWarning", ...execArgv],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, ...clock?.environment },
    });
    this.ledger.serve(child);
    let complaint = "";
    child.stderr?.on("data", (data) => {
      complaint += String(data);
    });
    const working = Promise.withResolvers<void>();
    let finished: Extract<Report, { readonly type: "finished" }> | undefined;
    child.on("message", (message) => {
      const report = message as Report;
      if (report.type === "working") working.resolve();
      if (report.type === "acknowledged") this.acknowledged.add(report.transaction);
      if (report.type === "fenced") this.fenced.add(report.transaction);
      if (report.type === "finished") finished = report;
    });
    const ended = once(child, "exit").then(([code]) => {
      working.resolve();
      if (code === 1) throw new Error(`A process failed: ${complaint}`);
      return finished;
    });
    ended.catch(() => {});
    return { child, ended, working: working.promise };
  }

  /** Lets a stopped process go on. */
  async resume({ child }: Running): Promise<void> {
    await nextTurn(); // all it sent before it was stopped has been read
    this.ledger.resumed(child);
    child.kill("SIGCONT");
  }

  /** Recovers in a process of its own until nothing is left to do, and tells what was wrong with the world then. */
  async recoverAndCheck(rest: Partial<Orders> = {}): Promise<readonly string[]> {
    const report = await this.start("recover", rest).ended;
    const problems = await this.check();
    return problems.length === 0 ? [] : [...problems, `the last recovery said: ${report?.outcomes.join(", ")}`];
  }

  /** Notes what a pruner says it deleted; tells what it must not have. */
  notePruned(outcomes: readonly string[]): readonly string[] {
    for (const outcome of outcomes) {
      const [status, id] = outcome.split(" ");
      this.#prunedStatusById.set(id!, status!);
    }
    const open = outcomes.filter((outcome) => !/^(committed|rolled-back) /.test(outcome));
    return open.map((outcome) => `pruned although it is open: ${outcome}`);
  }

  /** Compares the ledger with the journal. */
  async check({ open = 0 }: { readonly open?: number } = {}): Promise<readonly string[]> {
    const problems: string[] = [];
    const journal = await openJournal({ store: sqliteStore({ path: this.path, ballastBytes: 0 }), operations: [] });
    try {
      const { ok, problems: damage } = await journal.verify();
      if (!ok) problems.push(`the journal is damaged: ${damage[0]?.message}`);
      const left = await journal.transactions({ open: true });
      if (left.length !== open) problems.push(`${left.length} transactions are left open, not ${open}`);
      const statusById = new Map(this.#prunedStatusById);
      for (
        let page = await journal.transactions();
        page.length > 0;
        page = await journal.transactions({ after: page.at(-1)!.id })
      ) {
        for (const { id, status } of page) statusById.set(id, status);
      }
      for (const id of this.acknowledged) {
        if (statusById.get(id) !== "committed")
          problems.push(`the acknowledged commit of ${id} is lost: it is ${statusById.get(id)}`);
      }
      const keysById = Map.groupBy(this.ledger.resources, (key) => key.split("/")[0]!);
      for (const [id, keys] of keysById) {
        const status = statusById.get(id);
        if (status !== "committed" && status !== "parked")
          problems.push(`leak: ${keys.length} resources of ${id}, which is ${status ?? "not there"}`);
      }
      for (const [id, status] of statusById) {
        if (status !== "committed" || this.#prunedStatusById.has(id)) continue;
        const done = (await journal.show(id)).steps.filter((step) => step.status === "done").length;
        const there = keysById.get(id)?.length ?? 0;
        if (there !== done)
          problems.push(`${id} is committed with ${done} steps, and ${there} of its resources are there`);
      }
    } finally {
      await journal.close();
    }
    return problems;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
