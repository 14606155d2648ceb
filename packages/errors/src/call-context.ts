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
}

export interface CallContextOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline?: number | undefined;
  readonly call?: CallDetails | undefined;
}

/**
 * What a policy hands to the function it runs, and, inside `compose`, to the next policy.
 *
 * `signal` is made when first read: a call that nobody can abort, and that never looks, pays for no
 * `AbortController`. Policies ask `aborted` and `abortable` instead, which make nothing.
 */
export class CallContext {
  /** Which call of the retry around it this is; 1 for the first, as the AWS SDK counts. */
  readonly attempt: number;
  /** The moment by which the caller wants an answer, in milliseconds since the epoch. */
  readonly deadline: number | undefined;
  readonly call: CallDetails | undefined;
  readonly #parent: CallContext | undefined;
  #signal: AbortSignal | undefined;
  #controller: AbortController | undefined;
  #abortedBy: { readonly reason: unknown } | undefined;
  readonly #cancellable: boolean;

  private constructor(
    parent: CallContext | undefined,
    signal: AbortSignal | undefined,
    attempt: number,
    deadline: number | undefined,
    call: CallDetails | undefined,
    cancellable: boolean,
  ) {
    this.#parent = parent;
    this.#signal = signal;
    this.attempt = attempt;
    this.deadline = deadline;
    this.call = call;
    this.#cancellable = cancellable;
  }

  static root({ signal, deadline, call }: CallContextOptions = {}): CallContext {
    return new CallContext(undefined, signal, 1, deadline, call, false);
  }

  /** Aborts when the caller gives up, or a policy around does. */
  get signal(): AbortSignal {
    if (this.#signal === undefined) this.#signal = this.#makeSignal();
    return this.#signal;
  }

  /** Whether this call was given up, without making the signal. */
  get aborted(): boolean {
    return this.#abortedBy !== undefined || this.#signal?.aborted === true || this.#parent?.aborted === true;
  }

  /** Why this call was given up; `undefined` while it was not. */
  get reason(): unknown {
    if (this.#abortedBy !== undefined) return this.#abortedBy.reason;
    return this.#signal?.aborted === true ? this.#signal.reason : this.#parent?.reason;
  }

  /** Whether anything around this call can still give it up. */
  get abortable(): boolean {
    return this.#cancellable || this.#signal !== undefined || this.#parent?.abortable === true;
  }

  /** The same call, as attempt `attempt`. */
  withAttempt(attempt: number): CallContext {
    return attempt === this.attempt ? this : new CallContext(this, undefined, attempt, this.deadline, this.call, false);
  }

  /** The same call, with the sooner of its deadline and this one. */
  withDeadline(deadline: number): CallContext {
    return this.deadline !== undefined && this.deadline <= deadline
      ? this
      : new CallContext(this, undefined, this.attempt, deadline, this.call, false);
  }

  /** The same call, with a signal that a policy of another make derived from this one's. */
  withSignal(signal: AbortSignal): CallContext {
    return new CallContext(this, signal, this.attempt, this.deadline, this.call, false);
  }

  /** The same call, which can also be given up on its own by {@link cancel}. */
  cancellable(): CallContext {
    return new CallContext(this, undefined, this.attempt, this.deadline, this.call, true);
  }

  /** Gives this call up: `signal` aborts with `reason`, if anyone has read it. */
  cancel(reason: unknown): void {
    if (this.aborted) return;
    this.#abortedBy = { reason };
    this.#controller?.abort(reason);
  }

  #makeSignal(): AbortSignal {
    if (!this.#cancellable && this.#parent !== undefined) return this.#parent.signal;
    this.#controller = new AbortController();
    if (this.aborted) this.#controller.abort(this.reason);
    return this.#parent?.abortable === true
      ? AbortSignal.any([this.#controller.signal, this.#parent.signal])
      : this.#controller.signal;
  }
}
