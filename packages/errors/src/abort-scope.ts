type AbortListener = (reason: unknown) => void;

const { navigator, setImmediate } = globalThis as {
  readonly navigator?: { readonly userAgent?: string };
  readonly setImmediate?: (callback: () => void) => unknown;
};

/** Where there is none, a listener goes as soon as nobody follows. In Workers a turn may end with its request. */
const atTurnEnd = navigator?.userAgent === "Cloudflare-Workers" ? undefined : setImmediate;

/** The scope of the signal that a caller gave last. */
let latest: AbortScope | undefined;
let isSweeping = false;

const once = { once: true } as const;

/**
 * A stretch of a call that can be given up as a whole: the call itself, where its caller gave a signal, or
 * what runs inside a timeout or a hedge. A scope tells its listeners and the scopes inside it, and makes
 * an `AbortController` only when its `signal` is read.
 */
export class AbortScope {
  readonly #outer: AbortScope | undefined;
  readonly #given: AbortSignal | undefined;
  #controller: AbortController | undefined;
  #abortedBy: { readonly reason: unknown } | undefined;
  #listeners: AbortListener[] | undefined;
  // Made by `follow`, so that a scope nobody listens to has no closure.
  #pass: (() => void) | undefined;

  constructor(outer: AbortScope | undefined, given?: AbortSignal) {
    this.#outer = outer;
    this.#given = given;
  }

  /**
   * A scope for one call that `signal` gives up. The calls of one signal follow it by one listener, which stays until
   * the event loop turns: to add one and remove it for each call costs more than all else that a call does.
   */
  static within(signal: AbortSignal): AbortScope {
    if (latest === undefined || latest.#given !== signal) {
      AbortScope.#forgetLatest();
      latest = new AbortScope(undefined, signal);
    }
    return new AbortScope(latest, signal);
  }

  static #sweep(): void {
    isSweeping = false;
    if (latest?.idle === true) AbortScope.#forgetLatest();
  }

  static #forgetLatest(): void {
    const before = latest;
    latest = undefined;
    if (before?.idle === true) before.#unfollow();
  }

  get aborted(): boolean {
    if (this.#abortedBy !== undefined || this.#outer?.aborted === true) return true;
    return this.#given !== undefined && this.#listensItself && this.#given.aborted;
  }

  get reason(): unknown {
    if (this.#abortedBy !== undefined) return this.#abortedBy.reason;
    return this.#given?.aborted === true ? this.#given.reason : this.#outer?.reason;
  }

  get signal(): AbortSignal {
    if (this.#given !== undefined) return this.#given;
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort(this.reason);
      else this.follow();
    }
    return this.#controller.signal;
  }

  /** Gives up everything inside. Does nothing to a scope already given up. */
  abort(reason: unknown): void {
    if (!this.aborted) this.#abort(reason);
  }

  /** Calls `listener` once, at the abort; at once if that has been. */
  subscribe(listener: AbortListener): void {
    if (this.aborted) {
      listener(this.reason);
      return;
    }
    if (this.#listeners === undefined) this.#listeners = [listener];
    else this.#listeners.push(listener);
    this.follow();
  }

  unsubscribe(listener: AbortListener): void {
    const listeners = this.#listeners;
    if (listeners === undefined) return;
    let index = listeners.length - 1;
    while (index >= 0 && listeners[index] !== listener) index -= 1;
    if (index < 0) return;
    const last = listeners.pop()!;
    if (last !== listener) listeners[index] = last; // closes the gap: an abort tells them in no set order
    if (this.idle) this.#rest();
  }

  /** Stops following what is around: the call is over. Leaves no listener on the caller's signal. */
  close(): void {
    this.#unfollow();
    this.#listeners = undefined;
  }

  #abort(reason: unknown): void {
    this.#abortedBy = { reason };
    if (this === latest) latest = undefined;
    this.#unfollow();
    this.givenUp();
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) tell(listener, reason);
    this.#controller?.abort(reason);
  }

  /** For a scope of a policy's own: called once, when what runs inside is given up, by whomever. */
  protected givenUp(): void {}

  /** Hears of an abort around from now on, listeners or not. */
  protected follow(): void {
    if (this.#pass !== undefined || (this.#given === undefined && this.#outer === undefined)) return;
    this.#pass = () => {
      if (this.#abortedBy === undefined) this.#abort(this.reason);
    };
    if (this.#listensItself) this.#given?.addEventListener("abort", this.#pass, once);
    this.#outer?.subscribe(this.#pass);
  }

  /** Nobody listens any more. */
  #rest(): void {
    if (this !== latest || atTurnEnd === undefined) this.#unfollow();
    else if (!isSweeping) {
      isSweeping = true;
      atTurnEnd(AbortScope.#sweep);
    }
  }

  /** Whether no scope around listens to the same signal. */
  get #listensItself(): boolean {
    return this.#outer === undefined || this.#outer.#given !== this.#given;
  }

  /** Whether nobody inside listens. */
  get idle(): boolean {
    return this.#controller === undefined && (this.#listeners === undefined || this.#listeners.length === 0);
  }

  #unfollow(): void {
    if (this.#pass === undefined) return;
    if (this.#listensItself) this.#given?.removeEventListener("abort", this.#pass);
    this.#outer?.unsubscribe(this.#pass);
    this.#pass = undefined;
  }
}

/** Calls a listener; what it throws surfaces as from a listener of a signal, and the others hear of the abort all the same. */
function tell(listener: AbortListener, reason: unknown): void {
  try {
    listener(reason);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
