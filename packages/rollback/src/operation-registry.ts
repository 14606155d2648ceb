import { OptionError } from "@holdfast/errors";
import type {
  ApplyContext,
  CompensateContext,
  Permission,
  ProbeResult,
  RecordedStep,
  StepContext,
} from "./define-operation.ts";
import type { OperationClass } from "./protocol/record.ts";

/** Any operation, as a registry holds it and a rollback calls it: with inputs that were read back. */
export interface AnyOperation {
  readonly name: string;
  readonly version: number;
  readonly class: OperationClass;
  readonly deadlineMs: number;
  readonly consistencyMs: number;
  readonly done: "lazy" | "sync";
  readonly sensitive?: readonly string[] | undefined;
  readonly apply: (input: never, context: ApplyContext<never>) => unknown;
  readonly input?: ((value: unknown) => unknown) | undefined;
  readonly output?: ((value: unknown) => unknown) | undefined;
  readonly notApplied?: ((error: unknown) => boolean) | undefined;
  readonly probe?:
    | ((input: never, context: StepContext) => PromiseLike<ProbeResult<unknown>> | ProbeResult<unknown>)
    | undefined;
  readonly compensate?: ((input: never, context: CompensateContext<never>) => unknown) | undefined;
  readonly compensatesUnknown?: boolean | undefined;
  readonly undoDeadlineMs?: number | undefined;
  readonly permissions?: ((input: never, output: never) => readonly Permission[]) | undefined;
  readonly scope?: ((input: never) => string) | undefined;
  readonly upcast?: ((step: RecordedStep) => { readonly input: unknown; readonly output: unknown }) | undefined;
}

export type Operations = readonly AnyOperation[] | Readonly<Record<string, AnyOperation>>;

/** The handlers a journal knows, by name and version. */
export class OperationRegistry {
  readonly #versionsByName = new Map<string, Map<number, AnyOperation>>();

  constructor(operations: Operations) {
    if (operations === null || typeof operations !== "object") throw notOperations(operations);
    for (const [key, operation] of Object.entries(operations)) {
      if (typeof operation?.apply !== "function") {
        throw new OptionError(`operations[${key}]`, "what `defineOperation` returned", operation);
      }
      const versions = this.#versionsByName.get(operation.name) ?? new Map<number, AnyOperation>();
      if (versions.has(operation.version)) {
        throw new OptionError("operations", `each name and version once (not two ${label(operation)})`, operations);
      }
      versions.set(operation.version, operation);
      this.#versionsByName.set(operation.name, versions);
    }
  }

  has(operation: AnyOperation): boolean {
    return this.#versionsByName.get(operation.name)?.get(operation.version) === operation;
  }

  /** The handler of exactly that version, else the newest one that can take an older version over. */
  find(name: string, version: number): AnyOperation | undefined {
    const versions = this.#versionsByName.get(name);
    const exact = versions?.get(version);
    if (versions === undefined || exact !== undefined) return exact;
    const newer = [...versions.values()].filter((each) => each.version > version && each.upcast !== undefined);
    return newer.sort((a, b) => b.version - a.version)[0];
  }
}

function notOperations(given: unknown): OptionError {
  return new OptionError("operations", "an array (or record) of what `defineOperation` returned", given);
}

function label({ name, version }: AnyOperation): string {
  return `${name}@${version}`;
}
