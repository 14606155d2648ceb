import { beginCall } from "./begin-call.ts";
import type { CallContext } from "./call-context.ts";
import { OptionError } from "./option-error.ts";
import type { ComposablePolicy, Next, Policy } from "./policy.ts";

// biome-ignore lint/suspicious/noExplicitAny: any policy, whatever its context and fallback
type AnyPolicy = Policy<any, any>;

type ContextOf<Policies extends readonly AnyPolicy[]> = Policies extends readonly [
  Policy<infer First, unknown>,
  ...infer Rest extends readonly AnyPolicy[],
]
  ? First & ContextOf<Rest>
  : CallContext;

/** Several policies as one, outermost first. */
export interface ComposedPolicy<Policies extends readonly AnyPolicy[]>
  extends Policy<ContextOf<Policies>, Policies[number]["_altReturn"]> {
  readonly wrapped: Policies;
  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T | Policies[number]["_altReturn"]>;
}

/**
 * Several policies as one, outermost first: cockatiel's `wrap`, which also hands the deadline and the
 * details of the call inwards, and makes an abort signal only if someone reads it. Takes any `IPolicy`.
 *
 * @throws OptionError if no policy is given.
 */
export function compose<const Policies extends readonly [AnyPolicy, ...AnyPolicy[]]>(
  ...policies: Policies
): ComposedPolicy<Policies> {
  const [outermost] = policies;
  if (outermost === undefined) throw new OptionError("policies", "at least one policy", undefined);
  const layers = policies.map(layerOf);
  const executeWithin = <T>(context: CallContext, next: Next<T>): Promise<T> =>
    layers.reduceRight<Next<T>>((inner, layer) => (outer) => layer(outer, inner), next)(context) as Promise<T>;
  return {
    _altReturn: undefined as never,
    onSuccess: outermost.onSuccess,
    onFailure: outermost.onFailure,
    wrapped: policies,
    executeWithin,
    execute: (fn, signal) => beginCall((context) => executeWithin(context, fn as Next<never>), { signal }),
  };
}

type Layer = <T>(context: CallContext, next: Next<T>) => Promise<T>;

function layerOf(policy: AnyPolicy): Layer {
  const composable = policy as Partial<ComposablePolicy>;
  if (typeof composable.executeWithin === "function") {
    return (context, next) => (policy as ComposablePolicy).executeWithin(context, next);
  }
  return (context, next) =>
    policy.execute(
      (given) => next(given.signal === context.signal ? context : context.withSignal(given.signal)),
      context.signal,
    );
}
