import { AbortScope } from "./abort-scope.ts";

/** What is known of the call itself: an SDK plug-in fills it in, `classify` and keyed policies read it. */
export interface CallDetails {
  /** The SDK client's class name, e.g. `SecretsManagerClient`. */
  readonly client?: string | undefined;
  /** E.g. `SecretsManager`. */
  readonly service?: string | undefined;
  /** E.g. `GetSecretValue`. */
  readonly operation?: string | undefined;
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
  /** False if the call cannot be made twice, as when its body is a stream that can be read once. */
  readonly repeatable?: boolean | undefined;
}

export interface CallContextOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline?: number | undefined;
  readonly call?: CallDetails | undefined;
  /**
   * Whether `{ ...context }` must keep what the context holds, as inside cockatiel's `wrap`, which spreads
   * it at each layer. Costs about 100 ns a context. Default false.
   */
  readonly spreadable?: boolean | undefined;
}

/** What a context shows as properties of its own: those it was given, and those set since. */
interface OwnProperties {
  readonly attempt: boolean;
  /** What policies of another make put into their context. */
  readonly foreign: Readonly<Record<string, unknown>> | undefined;
}

/**
 * What a policy hands to the function it runs, and, inside `compose`, to the next policy.
 *
 * `signal` is made when first read: a call that nobody can abort, and that never looks, pays for no
 * `AbortController`. Policies ask `aborted` and `abortable` and use `onAbort` instead, which make none.
 */
export class CallContext {
  readonly #scope: AbortScope | undefined;
  readonly #attempt: number;
  readonly #deadline: number | undefined;
  readonly #call: CallDetails | undefined;
  readonly #own: OwnProperties | undefined;
  #neverAborted: AbortSignal | undefined;

  private constructor(
    scope: AbortScope | undefined,
    attempt: number,
    deadline: number | undefined,
    call: CallDetails | undefined,
    own: OwnProperties | undefined,
  ) {
    this.#scope = scope;
    this.#attempt = attempt;
    this.#deadline = deadline;
    this.#call = call;
    this.#own = own;
    if (own !== undefined) showAsOwn(this, own);
  }

  static root({ signal, deadline, call, spreadable = false }: CallContextOptions = {}): CallContext {
    const scope = signal === undefined ? undefined : new AbortScope(undefined, signal);
    return new CallContext(scope, 1, deadline, call, spreadable ? { attempt: false, foreign: undefined } : undefined);
  }

  /** A root within `scope`, for {@link beginCall}, which closes the scope when the call is over. */
  static within(scope: AbortScope, { deadline, call, spreadable = false }: CallContextOptions): CallContext {
    return new CallContext(scope, 1, deadline, call, spreadable ? { attempt: false, foreign: undefined } : undefined);
  }

  /** Aborts when the caller gives up, or a policy around does. Follows the caller's signal until the call settles. */
  get signal(): AbortSignal {
    if (this.#scope !== undefined) return this.#scope.signal;
    this.#neverAborted ??= new AbortController().signal;
    return this.#neverAborted;
  }

  /** Which call of the retry around it this is; 1 for the first, as the AWS SDK counts. */
  get attempt(): number {
    return this.#attempt;
  }

  /** The moment by which the caller wants an answer, in milliseconds since the epoch. */
  get deadline(): number | undefined {
    return this.#deadline;
  }

  get call(): CallDetails | undefined {
    return this.#call;
  }

  /** Whether this call was given up, without making the signal. */
  get aborted(): boolean {
    return this.#scope?.aborted === true;
  }

  /** Why this call was given up; `undefined` while it was not. */
  get reason(): unknown {
    return this.#scope?.reason;
  }

  /** Whether anything around this call can still give it up. */
  get abortable(): boolean {
    return this.#scope !== undefined;
  }

  /** Calls `listener` once, when this call is given up, at once if it was; makes no signal. */
  onAbort(listener: (reason: unknown) => void): void {
    this.#scope?.subscribe(listener);
  }

  /** Takes back an {@link onAbort}. */
  offAbort(listener: (reason: unknown) => void): void {
    this.#scope?.unsubscribe(listener);
  }

  /** The same call, as attempt `attempt`. */
  withAttempt(attempt: number): CallContext {
    const own = this.#own === undefined ? undefined : { ...this.#own, attempt: true };
    if (own === undefined && attempt === this.#attempt) return this;
    return new CallContext(this.#scope, attempt, this.#deadline, this.#call, own);
  }

  /** The same call, with the sooner of its deadline and this one. */
  withDeadline(deadline: number): CallContext {
    if (this.#deadline !== undefined && this.#deadline <= deadline) return this;
    return new CallContext(this.#scope, this.#attempt, deadline, this.#call, this.#own);
  }

  /** The same call, with a signal that a policy of another make derived from this one's. */
  withSignal(signal: AbortSignal): CallContext {
    const scope = new AbortScope(this.#scope, signal);
    return new CallContext(scope, this.#attempt, this.#deadline, this.#call, this.#own);
  }

  /** The same call, which can also be given up on its own by {@link cancel}. */
  cancellable(): CallContext {
    return new CallContext(new AbortScope(this.#scope), this.#attempt, this.#deadline, this.#call, this.#own);
  }

  /** Gives up a {@link cancellable} call and what runs inside it: `signal` aborts with `reason`, if anyone has read it. */
  cancel(reason: unknown): void {
    this.#scope?.abort(reason);
  }

  /**
   * The same call, with what a policy of another make hands inwards: its signal, its count of attempts, its
   * deadline if that is sooner, and whatever else is in it, which the function then finds on its context.
   */
  adopt(given: { readonly signal?: AbortSignal }): CallContext {
    const { signal, attempt, deadline, call, ...rest } = given as Partial<CallContext> & Record<string, unknown>;
    const unchanged = signal === undefined || signal === this.#scope?.signal || signal === this.#neverAborted;
    const scope = unchanged ? this.#scope : new AbortScope(this.#scope, signal);
    const counts = typeof attempt === "number";
    const foreign = Object.keys(rest).length > 0 ? { ...this.#own?.foreign, ...rest } : this.#own?.foreign;
    const sooner = Math.min(this.#deadline ?? Number.POSITIVE_INFINITY, deadline ?? Number.POSITIVE_INFINITY);
    return new CallContext(
      scope,
      counts ? attempt : this.#attempt,
      Number.isFinite(sooner) ? sooner : undefined,
      call ?? this.#call,
      this.#own === undefined && foreign === undefined
        ? undefined
        : { attempt: counts || this.#own?.attempt === true, foreign },
    );
  }
}

const ownSignal: PropertyDescriptor = {
  enumerable: true,
  configurable: true,
  get(this: CallContext): AbortSignal {
    return signalOf.call(this);
  },
};
const signalOf = Object.getOwnPropertyDescriptor(CallContext.prototype, "signal")!.get as () => AbortSignal;

// A policy that does not count attempts must not hide the count of one around it, so only what is set is shown.
function showAsOwn(context: CallContext, { attempt, foreign }: OwnProperties): void {
  Object.defineProperty(context, "signal", ownSignal);
  if (attempt) show(context, "attempt", context.attempt);
  if (context.deadline !== undefined) show(context, "deadline", context.deadline);
  if (context.call !== undefined) show(context, "call", context.call);
  for (const key in foreign) show(context, key, foreign[key]);
}

function show(context: CallContext, key: string, value: unknown): void {
  Object.defineProperty(context, key, { value, enumerable: true, configurable: true });
}
