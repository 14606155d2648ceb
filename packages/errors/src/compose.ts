import { executeOf } from "./begin-call.ts";
import type { CallContext } from "./call-context.ts";
import { type Inside, promised, settle, theFunction } from "./inside.ts";
import { layerOf } from "./layer.ts";
import { OptionError } from "./option-error.ts";
import type { ComposablePolicy, Next, Policy } from "./policy.ts";

// biome-ignore lint/suspicious/noExplicitAny: any policy, whatever its context and fallback
type AnyPolicy = Policy<any, any>;

type GivenContext<P> = P extends { execute<T>(fn: (context: infer Given) => PromiseLike<T> | T): unknown }
  ? Given
  : never;

type ContextOf<Policies extends readonly AnyPolicy[]> = Policies extends readonly [
  infer First,
  ...infer Rest extends readonly AnyPolicy[],
]
  ? GivenContext<First> & ContextOf<Rest>
  : CallContext;

/** Several policies as one, outermost first. */
export interface ComposedPolicy<Policies extends readonly AnyPolicy[]>
  extends Policy<ContextOf<Policies>, Policies[number]["_altReturn"]> {
  readonly wrapped: Policies;
  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T | Policies[number]["_altReturn"]>;
  around(inside: Inside): Inside;
}

/**
 * Several policies as one, outermost first: cockatiel's `wrap`, which also hands the deadline and the
 * details of the call inwards, and makes an abort signal only if someone reads it. Takes any `IPolicy`.
 *
 * @throws OptionError if no policy is given, or something that is none.
 */
export function compose<const Policies extends readonly [AnyPolicy, ...AnyPolicy[]]>(
  ...policies: Policies
): ComposedPolicy<Policies> {
  const [outermost] = policies;
  if (outermost === undefined) throw new OptionError("policies", "at least one policy", undefined);
  for (const [index, policy] of policies.entries()) assertPolicy(`policies[${index}]`, policy);
  const around = (inside: Inside) =>
    policies.reduceRight((within, policy) => layerOf(composable(policy), within), inside);
  const chain = around(theFunction);
  const composed = {
    executeWithin: <T>(context: CallContext, next: Next<T>) => promised(chain, context, next),
    around,
  };
  return {
    _altReturn: undefined as never,
    onSuccess: outermost.onSuccess,
    onFailure: outermost.onFailure,
    wrapped: policies,
    ...composed,
    execute: executeOf(composed, countsAttempts(outermost) ? 1 : 0) as ComposedPolicy<Policies>["execute"],
  };
}

function assertPolicy(option: string, policy: unknown): void {
  if (typeof (policy as Partial<AnyPolicy> | null | undefined)?.execute === "function") return;
  throw new OptionError(option, "a policy; they are given one by one, and the function to `execute`", policy);
}

function countsAttempts(policy: AnyPolicy): boolean {
  return (policy as { readonly kind?: unknown }).kind === "retry";
}

type Layer = Pick<ComposablePolicy, "executeWithin" | "around">;

function composable(policy: AnyPolicy): Layer {
  return typeof (policy as Partial<Layer>).executeWithin === "function"
    ? (policy as ComposablePolicy)
    : foreign(policy);
}

/** A policy that knows nothing of our contexts: it is given the signal, and what it adds to its context is kept. */
function foreign(policy: AnyPolicy): Layer {
  const isFromZero = countsFromZero(policy) === true;
  return {
    executeWithin(context, next) {
      const own = context.abortable ? context : context.cancellable(); // one signal, to tell whether it comes back
      const counted = (given: ForeignContext) =>
        isFromZero && given.attempt !== undefined ? { ...given, attempt: given.attempt + 1 } : given;
      return settle(() => policy.execute((given: ForeignContext) => next(own.adopt(counted(given))), own.signal), own);
    },
  };
}

interface ForeignContext {
  readonly signal?: AbortSignal;
  readonly attempt?: number;
}

/** Whether attempts are counted as cockatiel's retry does, in whose `wrap` the innermost count is seen; `undefined` where none is. */
function countsFromZero(policy: AnyPolicy): boolean | undefined {
  const {
    onRetry,
    kind,
    wrapped = [],
  } = policy as {
    readonly onRetry?: unknown;
    readonly kind?: unknown;
    readonly wrapped?: readonly AnyPolicy[];
  };
  if (onRetry !== undefined) return kind === undefined;
  return wrapped.map(countsFromZero).findLast((isFromZero) => isFromZero !== undefined);
}
