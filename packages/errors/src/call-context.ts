import { AbortFunction, type AbortListener } from "./abort-listener.ts";
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
  /** Where the account is not known: an opaque name, not a secret, of whose credentials sign the call, e.g. `caller-1`. Holds within this process. */
  readonly identity?: string | undefined;
  /** False if the call cannot be made twice, as when its body is a stream that can be read once. */
  readonly repeatable?: boolean | undefined;
}

export interface CallContextOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline?: number | undefined;
  readonly call?: CallDetails | undefined;
}

/** What a call is, whoever may give it up. */
interface CallFacts {
  /** 0 until a retry counts. */
  readonly attempt: number;
  readonly deadline: number | undefined;
  readonly call: CallDetails | undefined;
  /** What policies of another make put into their context. */
  readonly foreign: Readonly<Record<string, unknown>> | undefined;
}

const noFacts: CallFacts = { attempt: 0, deadline: undefined, call: undefined, foreign: undefined };
const firstAttempt: CallFacts = { ...noFacts, attempt: 1 };

/**
 * What a policy hands to the function it runs, and, inside `compose`, to the next policy.
 *
 * `signal` is made when first read: a call that nobody can abort, and that never looks, pays for no
 * `AbortController`. Policies ask `aborted` and `abortable` and use `onAbort` instead, which make none.
 */
export class CallContext {
  /** `undefined` while nobody can abort the call and nobody has asked for its signal. */
  #scope: AbortScope | undefined;
  readonly #facts: CallFacts;

  /** Use {@link CallContext.root}. */
  constructor(scope: AbortScope | undefined, facts: CallFacts) {
    this.#scope = scope;
    this.#facts = facts;
    if (facts.foreign !== undefined) showAll(this, facts.foreign);
  }

  static root({ signal, deadline, call }: CallContextOptions = {}): CallContext {
    return CallContext.rootWithin(signal === undefined ? undefined : new AbortScope(undefined, signal), deadline, call);
  }

  /** A root within `scope`, for `beginCall`, which closes the scope when the call is over. */
  static rootWithin(scope: AbortScope | undefined, deadline?: number, call?: CallDetails): CallContext {
    return new CallContext(
      scope,
      deadline === undefined && call === undefined ? noFacts : { attempt: 0, deadline, call, foreign: undefined },
    );
  }

  /** A root that nobody can abort, as its first attempt if a retry begins it. One serves all calls: nothing in it changes. */
  static plain(attempt: 0 | 1): CallContext {
    return attempt === 0 ? plainCall : plainFirstAttempt;
  }

  /** Aborts when the caller gives up, or a policy around does. Follows the caller's signal until the call settles. */
  get signal(): AbortSignal {
    if (this.#scope === undefined) {
      // Nothing ever aborts these; a signal kept for all calls would collect the listeners of all.
      if (this === plainCall || this === plainFirstAttempt) return new AbortController().signal;
      this.#scope = new AbortScope(undefined);
    }
    return this.#scope.signal;
  }

  /** Which call of the retry around it this is; 1 for the first, as the AWS SDK counts. */
  get attempt(): number {
    return this.#facts.attempt || 1;
  }

  /** The moment by which the caller wants an answer, in milliseconds since the epoch. */
  get deadline(): number | undefined {
    return this.#facts.deadline;
  }

  get call(): CallDetails | undefined {
    return this.#facts.call;
  }

  /** Whether this call was given up, without making the signal. */
  get aborted(): boolean {
    return this.#scope?.aborted === true;
  }

  /** Why this call was given up; `undefined` while it was not. */
  get reason(): unknown {
    return this.#scope?.reason;
  }

  /** Whether anything around this call may still give it up; may be true, to be safe, once its signal has been read. */
  get abortable(): boolean {
    return this.#scope !== undefined;
  }

  /** Tells `listener` once, when this call is given up, at once if it was; makes no signal. */
  onAbort(listener: AbortListener | ((reason: unknown) => void)): void {
    this.#scope?.subscribe(typeof listener === "function" ? new AbortFunction(listener) : listener);
  }

  /** Takes back an {@link onAbort}. */
  offAbort(listener: AbortListener | ((reason: unknown) => void)): void {
    if (typeof listener === "function") this.#scope?.unsubscribeFunction(listener);
    else this.#scope?.unsubscribe(listener);
  }

  /** The same call, as attempt `attempt`. */
  withAttempt(attempt: number): CallContext {
    const facts = this.#facts;
    if (attempt === facts.attempt) return this;
    return new CallContext(this.#scope, facts === noFacts && attempt === 1 ? firstAttempt : { ...facts, attempt });
  }

  /** The same call, with the sooner of its deadline and this one. */
  withDeadline(deadline: number): CallContext {
    const facts = this.#facts;
    if (facts.deadline !== undefined && facts.deadline <= deadline) return this;
    return new CallContext(this.#scope, { ...facts, deadline });
  }

  /** The same call, which can also be given up on its own by {@link cancel}. */
  cancellable(): CallContext {
    return this.inside(new AbortScope(this.#scope));
  }

  /** What gives this call up, for a policy that makes a scope of its own inside it. */
  get scope(): AbortScope | undefined {
    return this.#scope;
  }

  /** The same call, given up with `scope`, which a policy made inside this call's. */
  inside(scope: AbortScope): CallContext {
    return new CallContext(scope, this.#facts);
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
    const unchanged = signal === undefined || signal === this.#scope?.signal;
    const facts = this.#facts;
    const adopted = new CallContext(unchanged ? this.#scope : new AbortScope(this.#scope, signal), {
      attempt: typeof attempt === "number" ? attempt : facts.attempt,
      deadline: facts.deadline,
      call: call ?? facts.call,
      foreign: Object.keys(rest).length > 0 ? { ...facts.foreign, ...rest } : facts.foreign,
    });
    return typeof deadline === "number" ? adopted.withDeadline(deadline) : adopted;
  }

  /**
   * The same call, with what it holds as properties of its own, so that `{ ...context }` keeps them: cockatiel's
   * `wrap` spreads the context at each layer. Makes the signal. Shows the attempt only if a retry counted it: a
   * policy that does not count must not hide the count of one around it.
   */
  spreadable(): CallContext {
    const { attempt, deadline, call } = this.#facts;
    const Shown = attempt === 0 ? SpreadContext : CountedSpreadContext;
    const shown = new Shown(this.#scope, this.#facts) as CallContext;
    (shown as { signal: AbortSignal }).signal = this.signal;
    if (attempt !== 0) (shown as { attempt: number }).attempt = attempt;
    if (deadline !== undefined) show(shown, "deadline", deadline);
    if (call !== undefined) show(shown, "call", call);
    return shown;
  }
}

const plainCall = new CallContext(undefined, noFacts);
const plainFirstAttempt = new CallContext(undefined, firstAttempt);

// What are getters of a CallContext are properties of a spreadable one; TypeScript lets a class add them only to
// a base that has neither. As fields they cost a tenth of what `Object.defineProperty` does.
const WithoutGetters: new (
  ...given: ConstructorParameters<typeof CallContext>
) => Omit<CallContext, "signal" | "attempt"> = CallContext;

class SpreadContext extends WithoutGetters {
  signal: AbortSignal | undefined = undefined;
}

class CountedSpreadContext extends WithoutGetters {
  signal: AbortSignal | undefined = undefined;
  attempt = 0;
}

function showAll(context: CallContext, values: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(values)) show(context, key, values[key]);
}

function show(context: CallContext, key: string, value: unknown): void {
  Object.defineProperty(context, key, { value, enumerable: true, configurable: true });
}
