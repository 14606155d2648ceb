import { assertKnownOptions } from "@holdfast/errors/policy";
import type { Operation } from "../define-operation.ts";
import type { JournalError } from "../journal-error.ts";
import type { TransactionStatus } from "../journal-store.ts";
import type { Json } from "../json.ts";
import type { OpenTransaction } from "../open-transaction.ts";
import type { AnyOperation } from "../operation-registry.ts";
import { Progress } from "../progress.ts";
import type { StepState } from "../protocol/step-state.ts";
import type { RollbackReport } from "../undo/rollback-report.ts";
import { settle } from "../undo/settle.ts";
import { undo } from "../undo/undo.ts";
import { refusal, unknownStep, unregistered, unwrittenOutput } from "./refusals.ts";
import { runStep } from "./run-step.ts";
import { type CompletedStep, type RunOptions, runOptionNames, type StepRunner } from "./step-runner.ts";

/**
 * A piece of work that is either committed or undone. `await using` rolls it back when its scope ends, unless it was committed.
 */
export class Transaction implements StepRunner {
  readonly #open: OpenTransaction;
  readonly #running = new Set<Promise<unknown>>();
  readonly #abort = new AbortController();
  readonly #progress: Progress;
  readonly #onEnd: () => void;
  #lastGroupOwner: object | undefined;
  #ending: Promise<unknown> | undefined;

  constructor(open: OpenTransaction, onEnd: () => void) {
    this.#open = open;
    this.#onEnd = onEnd;
    const { expectedSteps, plan, description } = open.state;
    const total = expectedSteps ?? (plan.length > 0 ? plan.length : undefined);
    this.#progress = new Progress(open.runtime, { transaction: open.id, description, phase: "forward" }, total);
  }

  get id(): string {
    return this.#open.id;
  }

  get description(): string {
    return this.#open.state.description;
  }

  get status(): TransactionStatus | "none" {
    return this.#open.state.status;
  }

  /** The steps that are done, in start order. */
  get completed(): readonly CompletedStep[] {
    return this.#open.state.steps
      .filter(({ status }) => status === "done")
      .map(({ intent, output }) => ({ step: intent.step, name: intent.name, operation: intent.operation, output }));
  }

  /** The names of the plan that are not done yet, in its order. */
  get missing(): readonly string[] {
    const { plan, stepsByName } = this.#open.state;
    return plan.filter((name) => stepsByName.get(name)?.status !== "done");
  }

  /** What {@link checkpoint} recorded last under each name. */
  get checkpoints(): ReadonlyMap<string, Json | undefined> {
    return this.#open.state.checkpoints;
  }

  /** Runs an operation as the next step, in a group of its own: a rollback undoes it before any earlier step. */
  run<Input, Output, Unrecorded>(
    operation: Operation<Input, Output, Unrecorded>,
    input: Input,
    options: RunOptions<Unrecorded> = {},
  ): Promise<Output> {
    return this.#run(operation, input, options, {}) as Promise<Output>;
  }

  /**
   * A group of steps that may run in parallel, and are undone in parallel. A step outside the group, run between two steps of it,
   * parts it in two.
   */
  group(): StepRunner {
    const owner = {};
    return {
      run: <Input, Output, Unrecorded>(
        operation: Operation<Input, Output, Unrecorded>,
        input: Input,
        options: RunOptions<Unrecorded> = {},
      ) => this.#run(operation, input, options, owner) as Promise<Output>,
    };
  }

  /** Records partial results under a name, durably: `journal.resume` finds them after a crash. */
  async checkpoint(name: string, data?: unknown): Promise<void> {
    this.#requireOpen();
    const { log, runtime } = this.#open;
    await log.append({
      type: "CHECKPOINT",
      at: runtime.clock.now(),
      name,
      data: this.#open.writtenCheckpoint(data),
    });
  }

  /**
   * Looks for the effects of unknown steps, once they are surely over. Rejects with `ERR_JOURNAL_UNKNOWN_STEP` if one remains
   * unknown.
   */
  async settle({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#requireOpen();
    await this.#idle();
    await settle(this.#open, { signal });
    this.#refuseUnknown(
      "it could not be found out whether its effect happened: roll back, or look for yourself and decide",
    );
  }

  /**
   * Makes it final. Resolves once that is durable. Rejects with `ERR_JOURNAL_UNKNOWN_STEP` when the effect of a step is not known:
   * {@link settle} it first, or roll back.
   */
  async commit(): Promise<void> {
    this.#requireOpen();
    const running = this.#running.size;
    if (running > 0)
      throw this.#refused(
        `${running} of its steps ${running === 1 ? "is" : "are"} still running: await every run() first`,
      );
    this.#refuseUnknown("whether its effect happened is not known: call settle(), or roll back");
    const end = this.#open.end({ type: "COMMIT", at: this.#open.runtime.clock.now() });
    this.#ending = end.catch(() => {});
    try {
      await end;
    } finally {
      this.#onEnd();
    }
    this.#open.emit("committed");
  }

  /**
   * Undoes everything, last first, and resolves with what became of each step: a step that cannot be undone is parked for a person and
   * reported, not thrown. Steps still running are aborted first. It goes on even if the signal of the work itself has aborted;
   * `signal` is its own.
   */
  async rollback(
    reason: string,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<RollbackReport> {
    this.#requireOpen();
    const rollback = this.#rollback(reason, signal);
    this.#ending = rollback.catch(() => {});
    try {
      return await rollback;
    } finally {
      this.#onEnd();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ending !== undefined) {
      await this.#ending;
      return;
    }
    if (this.#open.state.status !== "active" || this.#open.log.failure !== undefined) return this.#onEnd();
    await this.rollback("its scope ended without commit");
  }

  async #rollback(reason: string, signal: AbortSignal | undefined): Promise<RollbackReport> {
    this.#abort.abort(this.#refused(`it is being rolled back: ${reason}`));
    await this.#idle();
    const { log, runtime, state } = this.#open;
    await log.append({ type: "ROLLBACK", at: runtime.clock.now(), reason, who: runtime.owner, epoch: state.epoch });
    this.#open.emit("rolling-back", { reason });
    return undo(this.#open, { signal });
  }

  #run(operation: AnyOperation, input: unknown, options: RunOptions<unknown>, owner: object): Promise<unknown> {
    const step = this.#start(operation, input, options, owner);
    this.#running.add(step);
    const ended = () => this.#running.delete(step);
    step.then(ended, ended);
    return step;
  }

  async #start(operation: AnyOperation, input: unknown, options: RunOptions<unknown>, owner: object): Promise<unknown> {
    this.#requireOpen();
    assertKnownOptions("run()", options, runOptionNames);
    const { name, dependsOn, unrecorded, signal } = options;
    const { operations } = this.#open.runtime;
    if (!operations.has(operation)) throw unregistered(operation, operations);
    signal?.throwIfAborted();
    const { stepsByName, steps } = this.#open.state;
    const earlier = name === undefined ? undefined : stepsByName.get(name);
    if (earlier !== undefined) return this.#recorded(earlier, operation);
    const output = await runStep(this.#open, {
      operation,
      input,
      unrecorded,
      name,
      dependsOn: dependsOn?.map((each) => this.#numberOf(each)),
      group: () => {
        const last = steps.at(-1)?.intent.group ?? 0;
        const same = owner === this.#lastGroupOwner;
        this.#lastGroupOwner = owner;
        return same ? last : last + 1;
      },
      signal: signal === undefined ? this.#abort.signal : AbortSignal.any([this.#abort.signal, signal]),
    });
    this.#progress.stepFinished();
    return output;
  }

  #recorded(earlier: StepState, operation: AnyOperation) {
    const { intent, status } = earlier;
    if (intent.operation !== operation.name) {
      throw this.#refused(`step "${intent.name}" was ${intent.operation}, not ${operation.name}: name steps apart`);
    }
    if (status !== "done")
      throw this.#refused(`step "${intent.name}" was started already, and is not done: settle() it first`);
    if (earlier.unwritten !== undefined) throw unwrittenOutput(this.id, earlier);
    const read = this.#open.read(earlier);
    if ("unreadable" in read) throw this.#refused(`the output of step "${intent.name}" cannot be read`, read.error);
    return read.output;
  }

  #numberOf(name: string): number {
    const step = this.#open.state.stepsByName.get(name);
    if (step === undefined) throw this.#refused(`there is no step "${name}" to depend on`);
    return step.intent.step;
  }

  async #idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  #requireOpen(): void {
    const { log, state } = this.#open;
    if (log.failure !== undefined) throw log.failure;
    if (this.#ending !== undefined) throw this.#refused("it is ended, or being ended");
    if (state.status !== "active") throw this.#refused(`it is ${state.status}`);
  }

  #refuseUnknown(why: string): void {
    for (const { intent } of this.#open.state.unknownSteps) throw unknownStep(this.id, intent, why);
  }

  #refused(why: string, cause?: unknown): JournalError {
    return refusal(this.id, why, cause);
  }
}
