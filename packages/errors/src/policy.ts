import type { CallContext } from "./call-context.ts";
import type { Event } from "./event.ts";
import type { Inside } from "./inside.ts";

/** What a policy reports when its call succeeds; cockatiel's `ISuccessEvent`. */
export interface SuccessEvent {
  /** Milliseconds. */
  readonly duration: number;
}

/** What a policy reports when its call fails; cockatiel's `IFailureEvent`. */
export interface FailureEvent {
  /** Milliseconds. */
  readonly duration: number;
  /** Whether the policy acts on this failure. */
  readonly handled: boolean;
  readonly reason: { readonly error: unknown } | { readonly value: unknown };
}

/** cockatiel's `IPolicy`, structurally: what `wrap` and `compose` take. */
export interface Policy<Context extends { signal: AbortSignal } = { signal: AbortSignal }, Alternative = never> {
  /** For types alone; never defined. */
  readonly _altReturn: Alternative;
  readonly onSuccess: Event<SuccessEvent>;
  readonly onFailure: Event<FailureEvent>;
  /**
   * Runs `fn` under this policy. Rejects with `signal.reason` as soon as the signal aborts,
   * even if `fn` takes no notice of it.
   */
  execute<T>(fn: (context: Context) => PromiseLike<T> | T, signal?: AbortSignal): Promise<T | Alternative>;
}

/** What runs inside a policy: the next policy, or the function itself. */
export type Next<T> = (context: CallContext) => PromiseLike<T> | T;

/** A policy that can run inside a call already under way, and so shares its deadline, signal and details. */
export interface ComposablePolicy<Alternative = never> extends Policy<CallContext, Alternative> {
  /**
   * Runs `next` under this policy, as part of the call that `context` describes. Whoever began the call
   * sees to it that an abort rejects at once; a policy sees to it that nothing new starts after one.
   */
  executeWithin<T>(context: CallContext, next: Next<T>): Promise<T | Alternative>;
  /**
   * The same for `compose`, without a promise of this policy's own: this policy around what runs inside it. For
   * policies that count nanoseconds; a policy without it is run by its `executeWithin`. One that has it is run by it
   * alone: whoever overrides or replaces `executeWithin` does the same here.
   */
  around?(inside: Inside): Inside;
}
