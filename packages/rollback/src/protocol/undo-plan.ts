import { isClosed, type StepState } from "./step-state.ts";

/** What a rollback may do next. */
export interface UndoPlan {
  /** Steps that may be undone now, all of one group; the later of them first. */
  readonly ready: readonly StepState[];
  /** Steps that wait for a person, or for a step that does. */
  readonly waiting: readonly StepState[];
}

/**
 * Picks the steps to undo next: the open ones of the last group that has any.
 *
 * A step waits while one that depends on it is still open. A parked step holds up only those it depends on: earlier,
 * independent steps go on.
 */
export function undoPlan(steps: readonly StepState[]): UndoPlan {
  const ready: StepState[] = [];
  const waiting: StepState[] = [];
  const needed = new Set<number>();
  for (let index = steps.length - 1; index >= 0; index--) {
    const step = steps[index]!;
    if (isClosed(step)) continue;
    const { group, dependsOn } = step.intent;
    if (ready.length > 0 && group !== ready[0]!.intent.group) break;
    if (step.status === "parked" || needed.has(step.intent.step)) waiting.push(step);
    else ready.push(step);
    for (const earlier of dependsOn ?? []) needed.add(earlier);
  }
  return { ready, waiting };
}
