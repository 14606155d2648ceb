import type { TransactionStatus, TransactionSummary } from "../journal-store.ts";
import type { Json } from "../json.ts";
import { ProtocolError } from "./protocol-error.ts";
import type {
  BeginRecord,
  DecisionRecord,
  IntentRecord,
  JournalRecord,
  ParkedRecord,
  ProbedRecord,
  RolledBackRecord,
  UndoFailedRecord,
  UndoStartRecord,
} from "./record.ts";
import { isClosed, type StepState, type StepStatus } from "./step-state.ts";
import { StepTable } from "./step-table.ts";
import { undoPlan } from "./undo-plan.ts";

/**
 * A transaction as its records tell it: the state machine, without any input or output.
 *
 * {@link apply} is the only way to change it, both when records are written and when they are read back. It refuses, with a
 * {@link ProtocolError}, whatever would break an invariant of the protocol: a log that breaks one cannot be written, and is
 * noticed when it is read.
 */
export class TransactionState {
  readonly id: string;
  status: TransactionStatus | "none" = "none";
  description = "";
  owner = "";
  epoch = 0;
  job: string | undefined;
  plan: readonly string[] = [];
  expectedSteps: number | undefined;
  beganAt = 0;
  changedAt = 0;
  rollbackReason: string | undefined;
  partial = false;
  erased = false;
  /** Rights found missing, when they are why the rollback waits. */
  missingPermissions: readonly string[] = [];
  readonly #table = new StepTable();
  /** In start order: step n is at index n − 1. */
  readonly steps: readonly StepState[] = this.#table.inOrder;
  /** Steps that have a name, save those proven absent: their names may be used again. */
  readonly stepsByName: ReadonlyMap<string, StepState> = this.#table.byName;
  readonly checkpoints: Map<string, Json | undefined> = new Map();
  readonly decisions: DecisionRecord[] = [];
  /** Steps of which nobody knows whether they took effect. */
  readonly unknownSteps: ReadonlySet<StepState> = this.#table.unknown;

  constructor(id: string) {
    this.id = id;
  }

  get final(): boolean {
    return this.status === "committed" || this.status === "rolled-back";
  }

  apply(record: JournalRecord): void {
    if (this.final && record.type !== "ERASED") throw this.#refusal(record, `it is ${this.status}, which is final`);
    switch (record.type) {
      case "BEGIN":
        this.#begin(record);
        return;
      case "INTENT":
        this.#intend(record);
        return;
      case "DONE":
        this.#require(record, "active");
        this.#step(record, "intended").unwritten = record.unwritten;
        this.#table.happened(this.#step(record, "intended"), record.output);
        return;
      case "FAILED":
        this.#require(record, "active");
        this.#step(record, "intended").error = record.error;
        this.#table.absent(this.#step(record, "intended"));
        return;
      case "CHECKPOINT":
        this.#require(record, "active");
        this.checkpoints.set(record.name, record.data);
        return;
      case "COMMIT":
        this.#require(record, "active");
        if (this.unknownSteps.size > 0) throw this.#refusal(record, "a step is unknown");
        this.#change("committed", record);
        return;
      case "ROLLBACK":
        this.#require(record, "active");
        this.rollbackReason = record.reason;
        this.#change("rolling-back", record);
        return;
      case "TAKEOVER":
        this.#require(record, "active", "rolling-back", "parked");
        if (record.epoch !== this.epoch + 1) throw this.#refusal(record, `its epoch is ${this.epoch}`);
        this.epoch = record.epoch;
        this.owner = record.who;
        return;
      case "PROBED":
        this.#probed(record);
        return;
      case "UNDO_START":
        this.#undoStart(record);
        return;
      case "UNDONE":
        this.#require(record, "rolling-back");
        this.#step(record, "undoing").status = "undone";
        return;
      case "UNDO_FAILED":
        this.#undoFailed(record);
        return;
      case "PARKED":
        this.#park(record);
        return;
      case "DECISION":
        this.#decide(record);
        return;
      case "ROLLED_BACK":
        this.#rolledBack(record);
        return;
      case "ERASED":
        if (!this.final) throw this.#refusal(record, `it is ${this.status}`);
        this.erased = true;
        return;
    }
  }

  summary(): TransactionSummary {
    const { id, description, status, owner, epoch, job, beganAt, changedAt, partial } = this;
    if (status === "none") throw new ProtocolError(id, "it has not begun");
    return { id, description, status, owner, epoch, job, beganAt, changedAt, partial };
  }

  #begin(record: BeginRecord): void {
    this.#require(record, "none");
    this.description = record.description;
    this.owner = record.owner;
    this.epoch = record.epoch;
    this.job = record.job;
    this.plan = record.plan ?? [];
    this.expectedSteps = record.expectedSteps;
    this.beganAt = record.at;
    this.#change("active", record);
  }

  #intend(record: IntentRecord): void {
    this.#require(record, "active");
    const why = this.#table.whyNot(record);
    if (why !== undefined) throw this.#refusal(record, why);
    this.#table.add(record);
  }

  #probed(record: ProbedRecord): void {
    this.#require(record, "active", "rolling-back");
    const step = this.#step(record, "intended");
    switch (record.result) {
      case "applied":
        this.#table.happened(step, record.output);
        return;
      case "absent":
        this.#table.absent(step);
        return;
      case "unknown":
        step.probedUnknown = true;
    }
  }

  #undoStart(record: UndoStartRecord): void {
    this.#require(record, "rolling-back");
    const step = this.#step(record, "intended", "done", "undoing", "undo-failed");
    if (step.intent.class !== "undoable") throw this.#refusal(record, `its class is ${step.intent.class}`);
    if (step.status === "intended" && !step.probedUnknown) throw this.#refusal(record, "it was not probed");
    if (record.attempt !== step.undoAttempts + 1)
      throw this.#refusal(record, `${step.undoAttempts} attempts were made`);
    if (!undoPlan(this.steps).ready.includes(step)) throw this.#refusal(record, "later steps must be undone first");
    step.undoAttempts = record.attempt;
    step.status = "undoing";
    this.#table.unknown.delete(step);
  }

  #undoFailed(record: UndoFailedRecord): void {
    this.#require(record, "rolling-back");
    const step = this.#step(record, "undoing");
    if (record.attempt !== step.undoAttempts) throw this.#refusal(record, `attempt ${step.undoAttempts} is under way`);
    step.status = "undo-failed";
    step.error = record.error;
  }

  #park(record: ParkedRecord): void {
    this.#require(record, "rolling-back");
    if (record.step === undefined) {
      this.missingPermissions = record.missing ?? [];
      this.#change("parked", record);
      return;
    }
    const step = this.#step(record, "intended", "done", "undoing", "undo-failed");
    if (isClosed(step)) throw this.#refusal(record, "it is closed");
    step.status = "parked";
    step.parked = record.reason;
    this.#table.unknown.delete(step);
  }

  #decide(record: DecisionRecord): void {
    this.#require(record, "parked", "rolling-back");
    this.decisions.push(record);
    if (record.step === undefined) {
      if (record.decision !== "retry") throw this.#refusal(record, "only `retry` can be decided for all of it");
      this.#change("rolling-back", record);
      return;
    }
    const step = this.#step(record, "parked");
    if (record.decision === "retry") this.#table.reopen(step);
    else step.status = record.decision === "skip" ? "skipped" : "resolved";
    this.#change("rolling-back", record);
  }

  #rolledBack(record: RolledBackRecord): void {
    this.#require(record, "rolling-back");
    const open = this.steps.find((step) => !isClosed(step));
    if (open !== undefined) throw this.#refusal(record, `step ${open.intent.step} is ${open.status}`);
    this.partial = record.partial;
    this.#change("rolled-back", record);
  }

  #change(status: TransactionStatus, record: JournalRecord): void {
    this.status = status;
    this.changedAt = record.at;
  }

  #step(record: JournalRecord & { readonly step?: number | undefined }, ...statuses: readonly StepStatus[]): StepState {
    const step = this.steps[(record.step ?? 0) - 1];
    if (step === undefined) throw this.#refusal(record, "there is no such step");
    if (!statuses.includes(step.status)) throw this.#refusal(record, `it is ${step.status}`);
    return step;
  }

  #require(record: JournalRecord, ...statuses: readonly (TransactionStatus | "none")[]): void {
    if (statuses.includes(this.status)) return;
    throw this.#refusal(record, this.status === "none" ? "it has not begun" : `it is ${this.status}`);
  }

  #refusal(record: JournalRecord, why: string): ProtocolError {
    const step = "step" in record ? record.step : undefined;
    return new ProtocolError(
      this.id,
      `${record.type}${step === undefined ? "" : ` of step ${step}`} refused: ${why}`,
      step,
    );
  }
}
