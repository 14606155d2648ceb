import { JournalError } from "./journal-error.ts";
import type { StepEvent, TransactionEvent } from "./journal-event.ts";
import type { JournalRuntime } from "./journal-runtime.ts";
import type { Json } from "./json.ts";
import { newDataKey } from "./key-provider.ts";
import { NotPlainJson, plainJson } from "./plain-json.ts";
import type { JournalRecord } from "./protocol/record.ts";
import type { StepState } from "./protocol/step-state.ts";
import type { TransactionState } from "./protocol/transaction-state.ts";
import { type ReadableStep, readStep, type UnreadableStep } from "./read-step.ts";
import { SensitiveFields, sensitivePaths } from "./sensitive-fields.ts";
import type { TransactionLog } from "./transaction-log.ts";

interface WrittenOutput {
  readonly written?: Json | undefined;
  /** What of it is no plain JSON, and where. */
  readonly unwritten?: string;
  /** To be thrown once it is written that the effect happened. */
  readonly problem?: unknown;
}

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
    const { dataKey, wrapped } = await newDataKey(keys, this.id, randomBytes);
    if (this.#fields !== undefined) return this.#fields; // a parallel step was faster
    this.log.keepKey(wrapped);
    this.#fields = new SensitiveFields(dataKey, this.id, randomBytes);
    return this.#fields;
  }

  /** A value as it is written: JSON, with its sensitive fields encrypted. Throws `ERR_JOURNAL_INPUT` for what is not plain JSON. */
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

  /** An output as it is written; or why it cannot be. It never throws: the effect has happened, and that must be written. */
  writtenOutput(output: unknown, sensitive: readonly string[] | undefined, step: number): WrittenOutput {
    try {
      return { written: this.written(output, sensitive, "output", step) };
    } catch (problem) {
      const { cause } = problem as { readonly cause?: unknown };
      return { problem, unwritten: cause instanceof NotPlainJson ? cause.finding : "it could not be read" };
    }
  }

  /** A checkpoint's data as it is written. */
  writtenCheckpoint(data: unknown): Json | undefined {
    return this.#json(data, "checkpoint", undefined);
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

  #json(value: unknown, part: "input" | "output" | "checkpoint", step: number | undefined): Json | undefined {
    try {
      return plainJson(value, part);
    } catch (error) {
      if (!(error instanceof NotPlainJson)) throw error;
      throw new JournalError(
        "ERR_JOURNAL_INPUT",
        `${step === undefined ? `Transaction ${this.id}` : `Step ${step}`}: ${error.finding}, which JSON cannot hold as it is. ${advice[part]}`,
        { cause: error, transaction: this.id, step },
      );
    }
  }
}

const plainData = "give plain data (null, booleans, finite numbers, strings, arrays, objects)";
const advice = {
  input: `Nothing was written or begun: ${plainData}`,
  output: `Its effect happened, and is recorded without an output: have \`apply\` and \`probe\` ${plainData.replace("give", "return")}`,
  checkpoint: `Nothing was written: ${plainData}`,
} as const;
