import { JournalError } from "./journal-error.ts";
import type { StepEvent, TransactionEvent } from "./journal-event.ts";
import type { JournalRuntime } from "./journal-runtime.ts";
import type { Json } from "./json.ts";
import type { JournalRecord } from "./protocol/record.ts";
import type { StepState } from "./protocol/step-state.ts";
import type { TransactionState } from "./protocol/transaction-state.ts";
import { type ReadableStep, readStep, type UnreadableStep } from "./read-step.ts";
import { SensitiveFields, sensitivePaths } from "./sensitive-fields.ts";
import type { TransactionLog } from "./transaction-log.ts";

/** A transaction this journal owns: its log, the key to its sensitive fields, and when its unknown steps may be looked for. */
export class OpenTransaction {
  readonly runtime: JournalRuntime;
  readonly log: TransactionLog;
  readonly #settledAt = new Map<number, number>();
  readonly #settledByDefault: number;
  #fields: SensitiveFields | undefined;

  /** `ownedSince`: when it was begun or taken over, on the monotonic clock: no effect of an earlier owner began later. */
  constructor(runtime: JournalRuntime, log: TransactionLog, ownedSince: number, fields?: SensitiveFields) {
    this.runtime = runtime;
    this.log = log;
    this.#settledByDefault = ownedSince;
    this.#fields = fields;
  }

  get id(): string {
    return this.log.state.id;
  }

  get state(): TransactionState {
    return this.log.state;
  }

  /** Whether it has encrypted fields, whose key is to be destroyed at the end. */
  get hasKey(): boolean {
    return this.#fields !== undefined;
  }

  /** Notes when a step's effect began here, on the monotonic clock. */
  began(step: number, at: number): void {
    this.#settledAt.set(step, at);
  }

  /** The moment, on the monotonic clock, from which an unknown step's effect is surely over. */
  settledAt({ intent }: StepState): number {
    const began = this.#settledAt.get(intent.step) ?? this.#settledByDefault;
    return began + intent.deadlineMs + this.runtime.settleMarginMs;
  }

  /** Makes the data key, wrapped and kept with the next entry, when an operation with sensitive fields is first used. */
  async fields(): Promise<SensitiveFields> {
    if (this.#fields !== undefined) return this.#fields;
    const { randomBytes, keys } = this.runtime;
    const key = randomBytes(32);
    const wrapped = await keys.wrap(key.slice(), this.id);
    if (this.#fields !== undefined) return this.#fields; // a parallel step was faster
    this.log.keepKey(wrapped);
    this.#fields = new SensitiveFields(key, this.id, randomBytes);
    return this.#fields;
  }

  /** A value as it is written: JSON, with its sensitive fields encrypted. */
  written(
    value: unknown,
    sensitive: readonly string[] | undefined,
    part: "input" | "output",
    step: number,
  ): Json | undefined {
    const json = this.#json(value, part, step);
    const paths = sensitivePaths(sensitive, part);
    return this.#fields === undefined || paths.length === 0 ? json : this.#fields.seal(json, paths, step);
  }

  read(step: StepState): ReadableStep | UnreadableStep {
    return readStep(step, this.runtime.operations, this.#fields);
  }

  /** The last records of a transaction: the key to its sensitive fields is destroyed with them. */
  async end(record: JournalRecord): Promise<void> {
    if (!this.hasKey) return this.log.append(record);
    this.log.keepKey(null);
    await this.log.append(record, { type: "ERASED", at: record.at });
  }

  emit(change: TransactionEvent["change"], facts: Pick<TransactionEvent, "reason" | "partial"> = {}): void {
    const { transactionEvents, clock } = this.runtime;
    if (!transactionEvents.active) return;
    transactionEvents.emit({
      transaction: this.id,
      description: this.state.description,
      change,
      at: clock.now(),
      ...facts,
    });
  }

  emitStep(
    { intent }: StepState,
    change: StepEvent["change"],
    facts: Pick<StepEvent, "attempt" | "error" | "reason" | "result"> = {},
  ): void {
    const { stepEvents, clock } = this.runtime;
    if (!stepEvents.active) return;
    const { step, operation, class: operationClass, name } = intent;
    stepEvents.emit({
      transaction: this.id,
      step,
      operation,
      class: operationClass,
      name,
      change,
      at: clock.now(),
      ...facts,
    });
  }

  #json(value: unknown, part: "input" | "output", step: number): Json | undefined {
    try {
      const text = JSON.stringify(value);
      return text === undefined ? undefined : (JSON.parse(text) as Json);
    } catch (error) {
      throw new JournalError(
        "ERR_JOURNAL_INPUT",
        `The ${part} of step ${step} cannot be written as JSON: give plain data`,
        {
          cause: error,
          transaction: this.id,
          step,
        },
      );
    }
  }
}
