import type { IntentRecord } from "./record.ts";
import { intendedStep, type StepState } from "./step-state.ts";

/** The steps of one transaction: in start order, by name, and those of which nobody knows whether they took effect. */
export class StepTable {
  /** Step n is at index n − 1. */
  readonly inOrder: StepState[] = [];
  /** Steps that have a name, save those proven absent: their names may be used again. */
  readonly byName: Map<string, StepState> = new Map();
  readonly unknown: Set<StepState> = new Set();

  /** Why a step cannot be the next one; `undefined` if it can. */
  whyNot({ step, group, dependsOn, name }: IntentRecord): string | undefined {
    const { length } = this.inOrder;
    const lastGroup = this.inOrder.at(-1)?.intent.group ?? 0;
    if (step !== length + 1) return `${length} steps were started`;
    if (group !== lastGroup && group !== lastGroup + 1) return `the last group is ${lastGroup}`;
    if (dependsOn?.some((earlier) => !(earlier >= 1 && earlier < step)))
      return "a step can depend on earlier steps only";
    return name !== undefined && this.byName.has(name) ? `there is a step "${name}"` : undefined;
  }

  /** A step is about to begin. */
  add(intent: IntentRecord): void {
    const step = intendedStep(intent);
    this.inOrder.push(step);
    this.unknown.add(step);
    if (intent.name !== undefined) this.byName.set(intent.name, step);
  }

  /** Its effect happened. */
  happened(step: StepState, output: StepState["output"]): void {
    step.status = "done";
    step.happened = true;
    step.output = output;
    this.unknown.delete(step);
  }

  /** It is proven that its effect did not happen. */
  absent(step: StepState): void {
    step.status = "absent";
    this.unknown.delete(step);
    if (step.intent.name !== undefined) this.byName.delete(step.intent.name);
  }

  /** A person wants its undo to be tried again. */
  reopen(step: StepState): void {
    step.forgivenAttempts = step.undoAttempts;
    step.parked = undefined;
    step.probedUnknown = false;
    step.status = step.happened ? "done" : "intended";
    if (!step.happened) this.unknown.add(step);
  }
}
