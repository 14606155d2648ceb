import type { Operation } from "../define-operation.ts";
import type { Json } from "../json.ts";

export interface RunOptions<Unrecorded> {
  /**
   * A name, unique in the transaction. A step of that name that is done is not run again: `run` resolves with what was recorded. That
   * makes a resumed program its own plan.
   */
  readonly name?: string | undefined;
  /** Names of earlier steps that must not be undone before this one is. */
  readonly dependsOn?: readonly string[] | undefined;
  /** Handed to `apply`, and never written anywhere: for secrets that the undo does not need. */
  readonly unrecorded?: Unrecorded | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const runOptionNames: Readonly<Record<keyof RunOptions<unknown>, 0>> = {
  name: 0,
  dependsOn: 0,
  unrecorded: 0,
  signal: 0,
};

/** Runs steps. */
export interface StepRunner {
  /**
   * Runs an operation as the next step. Resolves with what `apply` returned, and rejects with what it threw, untouched; with the
   * signal's reason as soon as that aborts; or with a `JournalError`.
   */
  run<Input, Output, Unrecorded>(
    operation: Operation<Input, Output, Unrecorded>,
    input: Input,
    options?: RunOptions<Unrecorded>,
  ): Promise<Output>;
}

/** A step that is done. */
export interface CompletedStep {
  readonly step: number;
  readonly name: string | undefined;
  readonly operation: string;
  readonly output: Json | undefined;
}
