import { OptionError } from "@holdfast/errors";
import { assertDelayMs, assertFunction, assertInteger, assertKnownOptions, assertOneOf } from "@holdfast/errors/policy";
import type { Transaction } from "../forward/transaction.ts";
import type { Journal } from "../journal.ts";
import { isJournalError } from "../journal-error.ts";
import type { TransactionSummary } from "../journal-store.ts";
import { recordedError } from "../recorded-error.ts";
import type { TransactionView } from "../transaction-view.ts";
import { boundedParallel } from "../undo/bounded-parallel.ts";
import type { RollbackReport } from "../undo/rollback-report.ts";
import type { JournalProblem } from "../verify.ts";
import type { RecoveryOutcome } from "./recovery-outcome.ts";

/**
 * What to do about a transaction whose owner died.
 *
 * - `automatic`: undo it.
 * - `guided`: do what `ask` answers, with more care: an effect found absent is looked for once more after `reprobeAfterMs`.
 * - `manual`: leave it to a person, and report it.
 * - `skip`: leave it.
 */
export type RecoveryStrategy = "automatic" | "guided" | "manual" | "skip";

/** What `ask` answers for a guided recovery. */
export type GuidedAnswer = "rollback" | "resume" | "leave";

export interface RecoverOptions {
  /** One for all, or one by transaction. Default `automatic`. */
  readonly strategy?: RecoveryStrategy | ((transaction: TransactionSummary) => RecoveryStrategy) | undefined;
  /** Asked about each transaction of a guided recovery. */
  readonly ask?: ((transaction: TransactionView) => PromiseLike<GuidedAnswer> | GuidedAnswer) | undefined;
  /** Goes on with a transaction when the answer was `resume`: it commits it, or it is rolled back when this ends. */
  readonly resume?: ((transaction: Transaction) => PromiseLike<void> | void) | undefined;
  /** Told each outcome, e.g. to notify people. What it throws is ignored. */
  readonly notify?: ((outcome: RecoveryOutcome) => PromiseLike<void> | void) | undefined;
  /** Milliseconds after which a guided recovery looks again for an absent effect. Default 300,000: as long as AWS takes a signed request. */
  readonly reprobeAfterMs?: number | undefined;
  /** Transactions recovered at a time. Default 16. */
  readonly maxParallel?: number | undefined;
  /**
   * Whether the whole journal is verified first: a log that lost its end still chains, and only that tells. A damaged transaction is left
   * alone; so are all when it is not known which are damaged. `false` for journals so large that reading them takes too long. Default `true`.
   */
  readonly verify?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RecoveryReport {
  /** Every transaction that was open, oldest first. */
  readonly transactions: readonly RecoveryOutcome[];
  /** What `verify` found; empty when all is well, or it was not asked. */
  readonly problems: readonly JournalProblem[];
}

/**
 * Finishes what dead processes left: finds the open transactions, takes over those whose owner is dead, and undoes them, or does what
 * the strategy says. Several processes may do so at once: each transaction is recovered by one. Safe to repeat.
 *
 * A failure of one transaction does not stop the others. Rejects only when the journal itself fails, or `signal` aborts.
 */
export async function recover(journal: Journal, options: RecoverOptions = {}): Promise<RecoveryReport> {
  if (typeof journal?.transactions !== "function") {
    throw new OptionError("journal", "what openJournal() resolves with", journal);
  }
  checkOptions(options);
  const open = await allOpen(journal);
  const verifies = open.length > 0 && options.verify !== false;
  const { problems } = verifies ? await journal.verify() : { problems: [] };
  const outcomes = new Map<string, RecoveryOutcome>();
  const maxParallel = options.maxParallel ?? 16;
  const bounds = { maxParallel, maxParallelPerScope: maxParallel };
  await boundedParallel(
    open,
    () => "",
    bounds,
    async (summary) => {
      options.signal?.throwIfAborted();
      const outcome = isDamaged(summary, problems) ? damaged(summary) : await recoverOne(journal, summary, options);
      outcomes.set(summary.id, outcome);
      await tell(options, outcome);
    },
  );
  return { transactions: open.map(({ id }) => outcomes.get(id)!), problems };
}

function isDamaged({ id }: TransactionSummary, problems: readonly JournalProblem[]): boolean {
  return problems.some((problem) => problem.what !== "transaction" || problem.id === id);
}

function damaged({ id, description }: TransactionSummary): RecoveryOutcome {
  const error = { name: "JournalError", code: "ERR_JOURNAL_DAMAGED" };
  return { id, description, outcome: "damaged", report: undefined, error };
}

async function recoverOne(
  journal: Journal,
  summary: TransactionSummary,
  options: RecoverOptions,
): Promise<RecoveryOutcome> {
  const { id, description, status } = summary;
  const outcome = (outcome: RecoveryOutcome["outcome"], report?: RollbackReport, error?: unknown): RecoveryOutcome => ({
    id,
    description,
    outcome,
    report,
    error: error === undefined ? undefined : recordedError(error),
  });
  const strategy = strategyFor(summary, options);
  if (strategy === "skip") return outcome("skipped");
  if (status === "parked") return outcome("parked");
  if (strategy === "manual") return outcome("manual");
  try {
    if (strategy === "automatic") {
      const report = await journal.rollback(id, { signal: options.signal });
      return outcome(report.outcome, report);
    }
    return await guided(journal, id, options, outcome);
  } catch (error) {
    if (isJournalError(error, "ERR_JOURNAL_BROKEN") || options.signal?.aborted === true) throw error;
    return outcome(await outcomeOf(error, journal, summary), undefined, causeOf(error));
  }
}

async function guided(
  journal: Journal,
  id: string,
  { ask, resume, reprobeAfterMs = 300_000, signal }: RecoverOptions,
  outcome: (outcome: RecoveryOutcome["outcome"], report?: RollbackReport) => RecoveryOutcome,
): Promise<RecoveryOutcome> {
  const answer = await ask!(await journal.show(id));
  if (answer === "leave") return outcome("manual");
  if (answer === "resume") {
    if (resume === undefined) throw new OptionError("resume", "a function, where `ask` may answer so", resume);
    const transaction = await journal.resume(id, { signal });
    try {
      await resume(transaction);
    } finally {
      await transaction[Symbol.asyncDispose]();
    }
    return outcome("resumed");
  }
  if (answer !== "rollback") throw new OptionError("ask", "a function that answers rollback, resume or leave", answer);
  const report = await journal.rollback(id, { signal, reprobeAfterMs });
  return outcome(report.outcome, report);
}

async function outcomeOf(
  error: unknown,
  journal: Journal,
  { id }: TransactionSummary,
): Promise<RecoveryOutcome["outcome"]> {
  if (isJournalError(error, "ERR_JOURNAL_DAMAGED")) return "damaged";
  if (isJournalError(error, "ERR_JOURNAL_FENCED")) return "lost";
  if (!isJournalError(error, "ERR_JOURNAL_STATE")) return "failed";
  // Refused: its owner lives, or somebody else was faster.
  const { status } = await journal.show(id);
  if (status === "parked") return "parked";
  return status === "committed" || status === "rolled-back" ? "lost" : "owned";
}

// A foreign error on the way to a transaction, e.g. of KMS, is wrapped once, to say which it was.
function causeOf(error: unknown): unknown {
  return isJournalError(error) || !(error instanceof Error) ? error : (error.cause ?? error);
}

async function allOpen(journal: Journal): Promise<readonly TransactionSummary[]> {
  const open: TransactionSummary[] = [];
  for (;;) {
    const page = await journal.transactions({ open: true, after: open.at(-1)?.id });
    if (page.length === 0) return open;
    open.push(...page);
  }
}

function strategyFor(summary: TransactionSummary, { strategy = "automatic" }: RecoverOptions): RecoveryStrategy {
  if (typeof strategy !== "function") return strategy;
  const chosen = strategy(summary);
  assertOneOf("strategy", chosen, strategies);
  return chosen;
}

async function tell({ notify }: RecoverOptions, outcome: RecoveryOutcome): Promise<void> {
  try {
    await notify?.(outcome);
  } catch {
    // who is told must not stop the recovery
  }
}

const strategies: readonly RecoveryStrategy[] = ["automatic", "guided", "manual", "skip"];
const optionNames: Readonly<Record<keyof RecoverOptions, 0>> = {
  strategy: 0,
  ask: 0,
  resume: 0,
  notify: 0,
  reprobeAfterMs: 0,
  maxParallel: 0,
  verify: 0,
  signal: 0,
};

function checkOptions(options: RecoverOptions): void {
  assertKnownOptions("recover()", options, optionNames);
  const { strategy = "automatic", ask, resume, notify, reprobeAfterMs = 0, maxParallel = 16 } = options;
  if (typeof strategy !== "function") assertOneOf("strategy", strategy, strategies);
  if (strategy === "guided" && ask === undefined)
    throw new OptionError("ask", "a function, for a guided recovery", ask);
  for (const [name, value] of Object.entries({ ask, resume, notify })) {
    if (value !== undefined) assertFunction(name, value);
  }
  assertDelayMs("reprobeAfterMs", reprobeAfterMs);
  assertInteger("maxParallel", maxParallel, { min: 1 });
}
