import type { ErrorKind, Fault, RetryAdvice, Severity } from "../classify/classification.ts";
import { severityAndFaultOf } from "../classify/known-codes.ts";
import type { RemediationStep } from "../explain/remediation.ts";
import { OptionError } from "../option-error.ts";
import { assertKnownOptions } from "../options.ts";
import { HoldfastError, isHoldfastError } from "./holdfast-error.ts";

/** One class of an application's errors. `Context` is what its constructor takes. */
export interface ErrorDefinition<Context = never> {
  /** The name of another definition, whose class this one extends and whose kind and the like it takes over. */
  readonly extends?: string | undefined;
  /** Stable, for programs. Default: the name in capitals, e.g. `FlowNotFoundError` is `FLOW_NOT_FOUND`. */
  readonly code?: string | undefined;
  /** Required, unless taken over. */
  readonly kind?: ErrorKind | undefined;
  readonly retry?: RetryAdvice | undefined;
  readonly fault?: Fault | undefined;
  readonly severity?: Severity | undefined;
  /** What, which one, and what next; made from the context. The type of its parameter is the type of the context. */
  readonly message: string | ((context: Context) => string);
  readonly remediation?: readonly RemediationStep[] | ((context: Context) => readonly RemediationStep[]) | undefined;
}

export type ErrorDefinitions = Readonly<Record<string, ErrorDefinition>>;

/** What the constructor of a defined error takes: the parameter of its `message`, or any facts where that is a text. */
export type ContextOf<Definition> = Definition extends { readonly message: (context: infer Context) => string }
  ? Context
  : Readonly<Record<string, unknown>>;

/** A defined error: a {@link HoldfastError} that knows its own context. */
export type DefinedError<Name, Context> = HoldfastError & { readonly name: Name; readonly context: Context };

export interface DefinedErrorClass<Name, Context> {
  // Facts are optional where none are required.
  new (
    ...given: Record<never, never> extends Context
      ? [context?: Context, options?: ErrorOptions]
      : [context: Context, options?: ErrorOptions]
  ): DefinedError<Name, Context>;
  readonly prototype: DefinedError<Name, Context>;
  readonly code: string;
  /** Whether this is such an error or one that extends it, thrown by this or another copy of the application's code. */
  is(value: unknown): value is DefinedError<string, Context>;
}

export type DefinedErrors<Definitions extends ErrorDefinitions> = {
  readonly [Name in keyof Definitions & string]: DefinedErrorClass<Name, ContextOf<Definitions[Name]>>;
};

/**
 * An application's own error classes in one call, with their hierarchy, codes, kinds, messages and remediation.
 *
 * @throws OptionError if a definition has no kind of its own or taken over, extends one that is not there or itself,
 * or has the code of another.
 */
export function defineErrors<const Definitions extends ErrorDefinitions>(
  definitions: Definitions,
): DefinedErrors<Definitions> {
  const classes = new Map<string, BuiltErrorClass>();
  for (const name of Object.keys(definitions)) build(name, definitions, classes, []);
  assertCodesDiffer(classes);
  const made: Readonly<Record<string, unknown>> = Object.fromEntries(classes);
  return made as DefinedErrors<Definitions>;
}

type AnyContext = Readonly<Record<string, unknown>>;
type AnyDefinition = ErrorDefinition<AnyContext>;

interface Built extends AnyDefinition {
  readonly name: string;
  readonly code: string;
  readonly kind: ErrorKind;
}

/** What all defined errors extend: builds itself from a definition. */
class BuiltError extends HoldfastError {
  static readonly built: Built | undefined = undefined;
  static readonly codes: Set<string> | undefined = undefined;

  constructor(context: AnyContext = {}, options: ErrorOptions | undefined, built: Built) {
    const { message, remediation } = built;
    super(
      typeof message === "string" ? message : message(context),
      { ...built, context, remediation: typeof remediation === "function" ? remediation(context) : remediation },
      options,
    );
    this.name = built.name;
  }
}

interface BuiltErrorClass {
  new (context: AnyContext | undefined, options: ErrorOptions | undefined, built: Built): BuiltError;
  readonly built: Built | undefined;
  /** The codes of this class and of those that extend it. */
  readonly codes: Set<string> | undefined;
}

function build(
  name: string,
  definitions: ErrorDefinitions,
  classes: Map<string, BuiltErrorClass>,
  children: readonly string[],
): BuiltErrorClass {
  const known = classes.get(name);
  if (known !== undefined) return known;
  const own = definitions[name] as AnyDefinition | undefined;
  if (own === undefined) throw new OptionError(`${children.at(-1)}.extends`, "the name of another definition", name);
  if (children.includes(name))
    throw new OptionError(`${name}.extends`, "a class that does not extend it in turn", own.extends);
  const parent = own.extends === undefined ? undefined : build(own.extends, definitions, classes, [...children, name]);
  const errorClass = classOf(complete(name, own, parent?.built), parent);
  classes.set(name, errorClass);
  return errorClass;
}

const memberNames: Readonly<Record<keyof ErrorDefinition, 0>> = {
  extends: 0,
  code: 0,
  kind: 0,
  retry: 0,
  fault: 0,
  severity: 0,
  message: 0,
  remediation: 0,
};

function complete(name: string, own: AnyDefinition, parent: Built | undefined): Built {
  assertKnownOptions(name, own, memberNames);
  const kind = own.kind ?? parent?.kind;
  if (kind === undefined || severityAndFaultOf(kind) === undefined)
    throw new OptionError(`${name}.kind`, "a kind that `classify` gives", kind);
  const sameKind = kind === parent?.kind ? parent : undefined; // what goes with a kind is taken over only with it
  return {
    ...own,
    name,
    kind,
    code: own.code ?? codeFrom(name),
    retry: own.retry ?? sameKind?.retry,
    fault: own.fault ?? sameKind?.fault,
    severity: own.severity ?? sameKind?.severity,
    remediation: own.remediation ?? parent?.remediation,
  };
}

function classOf(own: Built, parent: BuiltErrorClass | undefined): BuiltErrorClass {
  const Parent: BuiltErrorClass = parent ?? BuiltError;
  const codes = new Set<string>();
  const ErrorClass = class extends Parent {
    static override readonly built: Built = own;
    static override readonly codes: Set<string> = codes;
    static readonly code: string = own.code;

    static is(value: unknown): boolean {
      return value instanceof ErrorClass || (isHoldfastError(value) && codes.has(value.code));
    }

    constructor(context?: AnyContext, options?: ErrorOptions, built: Built = own) {
      super(context, options, built);
    }
  };
  Object.defineProperty(ErrorClass, "name", { value: own.name });
  for (
    let ancestor: BuiltErrorClass = ErrorClass;
    ancestor.codes !== undefined;
    ancestor = Object.getPrototypeOf(ancestor)
  ) {
    ancestor.codes.add(own.code);
  }
  return ErrorClass;
}

function assertCodesDiffer(classes: ReadonlyMap<string, BuiltErrorClass>): void {
  const nameByCode = new Map<string, string>();
  for (const [name, { built }] of classes) {
    const code = built?.code ?? name;
    const other = nameByCode.get(code);
    if (other !== undefined) throw new OptionError(`${name}.code`, `a code that ${other} does not have`, code);
    nameByCode.set(code, name);
  }
}

// FlowNotFoundError → FLOW_NOT_FOUND, S3UploadError → S3_UPLOAD
function codeFrom(name: string): string {
  return name
    .replace(/(?<=.)Error$/, "")
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_")
    .toUpperCase();
}
