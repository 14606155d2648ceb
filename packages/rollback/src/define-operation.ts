import { OptionError } from "@holdfast/errors";
import { assertDelayMs, assertFunction, assertInteger, assertKnownOptions, assertOneOf } from "@holdfast/errors/policy";
import type { HoldsPlainJson } from "./json-problem.ts";
import type { OperationClass } from "./protocol/record.ts";

/** What every handler is told about the step it works for. */
export interface StepContext {
  readonly transaction: string;
  readonly description: string;
  /** The step's number: 1 for the first of the transaction. */
  readonly step: number;
  /** The same for this step for ever, crashes included: 52 characters of `a-z2-7`. Fits AWS's client tokens. */
  readonly idempotencyKey: string;
  /** Aborts at the step's deadline, and when the work is given up; for `probe` and `compensate`, only at their own deadline. */
  readonly signal: AbortSignal;
}

export interface ApplyContext<Unrecorded> extends StepContext {
  /** What `tx.run` was given as `unrecorded`; never written anywhere, so only `apply` can have it. */
  readonly unrecorded: Unrecorded;
}

export interface CompensateContext<Output> extends StepContext {
  /** What `apply` returned, or `probe` found; `undefined` if neither is known. */
  readonly output: Output | undefined;
  /** 1 for the first attempt to undo this step, crashes included. */
  readonly attempt: number;
}

/** What a probe found of an effect whose end nobody saw. */
export type ProbeResult<Output> =
  | { readonly state: "applied"; readonly output: Output; readonly evidence?: string | undefined }
  | { readonly state: "absent"; readonly evidence?: string | undefined }
  | { readonly state: "unknown"; readonly evidence?: string | undefined };

/** A step as an older version of its operation wrote it. */
export interface RecordedStep {
  readonly version: number;
  readonly input: unknown;
  readonly output: unknown;
}

/** A right that an undo will need. */
export interface Permission {
  /** E.g. `secretsmanager:DeleteSecret`. */
  readonly action: string;
  /** The ARN; default `*`. */
  readonly resource?: string | undefined;
  /** Where it is needed, when handlers work for several accounts. */
  readonly accountId?: string | undefined;
}

interface OperationBase<Input, Output, Unrecorded> {
  /** How the journal finds this operation again, in whatever process recovers: letters, digits, `.`, `_`, `-`, `/`, `:`. */
  readonly name: string;
  /** Integer ≥ 1. Raise it when the shape of the input or output changes, and give `upcast`. */
  readonly version: number;
  /** Does the work. Called at most once per step; retries of its own must fit the deadline, and use `idempotencyKey` if they can. */
  readonly apply: (input: Input, context: ApplyContext<Unrecorded>) => PromiseLike<Output> | Output;
  /**
   * Milliseconds the effect may take, from the moment its intent was sent to the store. It is aborted then; if it was cut off, nobody looks
   * for its traces before that time has passed. Default 30,000.
   */
  readonly deadlineMs?: number | undefined;
  /** Checks an input, at `tx.run` and again when it is read back; e.g. a schema's `parse`. Throw to refuse. */
  readonly input?: ((value: unknown) => Input) | undefined;
  /** Checks an output when it is read back. */
  readonly output?: ((value: unknown) => Output) | undefined;
  /**
   * Fields to encrypt, destroyed with their key when the transaction ends: `input.password`, `output.token`; a path of property names, or
   * `input` or `output` for the whole.
   */
  readonly sensitive?: readonly string[] | undefined;
  /**
   * Milliseconds after which a change is surely seen by `probe`'s reads. 0: they are strongly consistent. Otherwise an effect is taken to be
   * absent only after two probes so far apart. Default 1,000.
   */
  readonly consistencyMs?: number | undefined;
  /** When "done" is made durable: `lazy`, with the next intent; `sync`, before `tx.run` resolves (for an output that no probe could find again). Default `lazy`. */
  readonly done?: "lazy" | "sync" | undefined;
  /** Whether an error of `apply` proves that nothing was changed. Default {@link provesNotApplied}. */
  readonly notApplied?: ((error: unknown) => boolean) | undefined;
}

interface Undoable<Input, Output> {
  readonly class: "undoable";
  /** Takes the effect back. May be called again after a crash, and must do no harm when there is nothing (left) to take back. */
  readonly compensate: (input: Input, context: CompensateContext<Output>) => PromiseLike<unknown> | unknown;
  /** Looks whether an effect happened whose end nobody saw. May take `deadlineMs`, and at least 10,000 ms; is tried again as an undo is. */
  readonly probe?:
    | ((input: Input, context: StepContext) => PromiseLike<ProbeResult<Output>> | ProbeResult<Output>)
    | undefined;
  /**
   * `compensate` may be called although the effect may never have happened, and without an output: it finds what to undo by
   * `idempotencyKey` or by the input. Otherwise a step whose probe cannot tell is parked. Default `false`.
   */
  readonly compensatesUnknown?: boolean | undefined;
  /** Milliseconds one attempt to undo may take. Default `deadlineMs`. */
  readonly undoDeadlineMs?: number | undefined;
  /** What the undo will need; checked, when the journal was given `checkPermissions`, before anything is undone. */
  readonly permissions?: ((input: Input, output: Output | undefined) => readonly Permission[]) | undefined;
  /** Undos of one scope share a bound, e.g. an account and region. Default: one scope for all. */
  readonly scope?: ((input: Input) => string) | undefined;
  /** Rewrites what an older version wrote. Without it, steps of an older version are parked. */
  readonly upcast?: ((step: RecordedStep) => { readonly input: unknown; readonly output: unknown }) | undefined;
}

interface NotUndoable<Input, Output> {
  readonly class: "none-needed" | "pivot" | "irreversible";
  /** Looks whether an effect happened whose end nobody saw. */
  readonly probe?:
    | ((input: Input, context: StepContext) => PromiseLike<ProbeResult<Output>> | ProbeResult<Output>)
    | undefined;
  readonly upcast?: ((step: RecordedStep) => { readonly input: unknown; readonly output: unknown }) | undefined;
  readonly compensate?: never;
}

/** An operation: how to do a thing, find out whether it was done, and undo it. `class` must be declared. */
export type OperationDefinition<Input, Output, Unrecorded> = OperationBase<Input, Output, Unrecorded> &
  (Undoable<Input, Output> | NotUndoable<Input, Output>);

/** A checked {@link OperationDefinition}, with its defaults filled in. */
export type Operation<Input = never, Output = unknown, Unrecorded = undefined> = OperationDefinition<
  Input,
  Output,
  Unrecorded
> & {
  readonly class: OperationClass;
  readonly deadlineMs: number;
  readonly consistencyMs: number;
  readonly done: "lazy" | "sync";
};

/**
 * Defines what a transaction can do and undo. Operations are found again by name and version, by whatever process recovers:
 * they must not hold data of a single call. Inputs and outputs are plain JSON: TypeScript refuses what it can see is not.
 *
 * Throws an `OptionError` naming the option that is wrong.
 */
export function defineOperation<Input, Output = void, Unrecorded = undefined>(
  definition: OperationDefinition<Input, Output, Unrecorded> & HoldsPlainJson<Input, Output>,
): Operation<Input, Output, Unrecorded> {
  return checked(definition);
}

// A misspelt `sensitive` would be plain text in the journal, and a misspelt `probe` a step for a person.
const memberNames: Readonly<Record<keyof OperationBase<never, never, never> | keyof Undoable<never, never>, 0>> = {
  name: 0,
  version: 0,
  class: 0,
  apply: 0,
  compensate: 0,
  probe: 0,
  compensatesUnknown: 0,
  notApplied: 0,
  deadlineMs: 0,
  undoDeadlineMs: 0,
  consistencyMs: 0,
  done: 0,
  sensitive: 0,
  input: 0,
  output: 0,
  permissions: 0,
  scope: 0,
  upcast: 0,
};

function checked<Input, Output, Unrecorded>(
  definition: OperationDefinition<Input, Output, Unrecorded>,
): Operation<Input, Output, Unrecorded> {
  assertKnownOptions<object>("defineOperation()", definition, memberNames);
  if (typeof definition.name !== "string" || !/^[\w./:-]{1,100}$/.test(definition.name)) {
    throw new OptionError("name", "1 to 100 letters, digits, `.`, `_`, `-`, `/` or `:`", definition.name);
  }
  assertInteger("version", definition.version, { min: 1 });
  assertOneOf("class", definition.class, ["undoable", "none-needed", "pivot", "irreversible"]);
  assertFunction("apply", definition.apply);
  assertHandlers(definition.class, definition);
  const { deadlineMs = 30_000, consistencyMs = 1_000, done = "lazy", sensitive = [] } = definition;
  assertDelayMs("deadlineMs", deadlineMs, { min: 1 });
  assertDelayMs("consistencyMs", consistencyMs);
  assertOneOf("done", done, ["lazy", "sync"]);
  if (!Array.isArray(sensitive))
    throw new OptionError("sensitive", "an array of paths such as `input.password`", sensitive);
  for (const path of sensitive) {
    if (!/^(input|output)(\.[^.]+)*$/.test(path))
      throw new OptionError("sensitive", "paths such as `input.password`", path);
  }
  return Object.freeze({ ...definition, deadlineMs, consistencyMs, done });
}

const optionalHandlers = ["probe", "notApplied", "input", "output", "permissions", "scope", "upcast"] as const;

type Handlers = { readonly [Name in (typeof optionalHandlers)[number] | "compensate"]?: unknown };

/** What is no function would be found out by a recovery, too late. */
function assertHandlers(operationClass: OperationClass, handlers: Handlers): void {
  if (operationClass === "undoable") assertFunction("compensate", handlers.compensate);
  else if (handlers.compensate !== undefined) {
    const expected = `left out: a step of class "${operationClass}" is not undone`;
    throw new OptionError("compensate", expected, handlers.compensate);
  }
  for (const name of optionalHandlers) if (handlers[name] !== undefined) assertFunction(name, handlers[name]);
}
