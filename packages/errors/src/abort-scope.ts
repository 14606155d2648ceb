import { AbortFunction, type AbortListener, tell } from "./abort-listener.ts";
import { isRequestBound } from "./request-bound.ts";

const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };

/** Where there is none, a listener goes as soon as nobody follows. */
const atTurnEnd = isRequestBound ? undefined : setImmediate;

/** The scope of the signal that a caller gave last. */
let latest: AbortScope | undefined;
let isSweeping = false;

const once = { once: true } as const;

/**
 * A stretch of a call that can be given up as a whole: the call itself, where its caller gave a signal, or
 * what runs inside a timeout or a hedge. A scope tells its listeners and the scopes inside it, and makes
 * an `AbortController` only when its `signal` is read.
 */
export class AbortScope implements AbortListener {
  // Neither #private nor initialized: each call makes such objects, and they would take twice the time to make.
  declare newer: AbortListener | undefined;
  declare older: AbortListener | undefined;
  declare private readonly outer: AbortScope | undefined;
  declare private readonly given: AbortSignal | undefined;
  declare private controller: AbortController | undefined;
  declare private abortedBy: { readonly reason: unknown } | undefined;
  declare private oldest: AbortListener | undefined;
  declare private newest: AbortListener | undefined;
  declare private follows: boolean;
  declare private closed: boolean;

  constructor(outer: AbortScope | undefined, given?: AbortSignal) {
    this.newer = undefined;
    this.older = undefined;
    this.outer = outer;
    this.given = given;
    this.controller = undefined;
    this.abortedBy = undefined;
    this.oldest = undefined;
    this.newest = undefined;
    this.follows = false;
    this.closed = false;
  }

  /**
   * What the calls that `signal` gives up follow: they share one listener, which stays until the event loop turns. To
   * add one and remove it for each call costs more than all else that a call does.
   */
  static of(signal: AbortSignal): AbortScope {
    if (latest === undefined || latest.given !== signal) {
      AbortScope.#forgetLatest();
      latest = new AbortScope(undefined, signal);
    }
    return latest;
  }

  static #sweep(): void {
    isSweeping = false;
    if (latest?.idle === true) AbortScope.#forgetLatest();
  }

  static #forgetLatest(): void {
    const before = latest;
    latest = undefined;
    if (before?.idle === true && before.follows) before.#unfollow();
  }

  get aborted(): boolean {
    if (this.abortedBy !== undefined || this.outer?.aborted === true) return true;
    return this.#listensItself && this.given!.aborted;
  }

  get reason(): unknown {
    if (this.abortedBy !== undefined) return this.abortedBy.reason;
    return this.given?.aborted === true ? this.given.reason : this.outer?.reason;
  }

  get signal(): AbortSignal {
    if (this.given !== undefined) return this.given;
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.aborted) this.controller.abort(this.reason);
      else if (!this.follows) this.#follow();
    }
    return this.controller.signal;
  }

  /** Gives up everything inside. Does nothing to a scope already given up. */
  abort(reason: unknown): void {
    if (!this.aborted) this.#abort(reason);
  }

  /** Tells `listener` once, at the abort; at once if that has been. */
  subscribe(listener: AbortListener): void {
    if (this.aborted) {
      listener.heard(this.reason);
      return;
    }
    const { newest } = this;
    listener.older = newest;
    if (newest === undefined) this.oldest = listener;
    else newest.newer = listener;
    this.newest = listener;
    if (!this.follows) this.#follow();
  }

  unsubscribe(listener: AbortListener): void {
    const listens = this.oldest !== undefined && (listener.older !== undefined || listener === this.oldest);
    if (!listens) return; // it was told, or the scope is closed
    this.#unlink(listener);
    if (this.idle) this.#rest();
  }

  /** {@link unsubscribe} for a function, the last subscribed first. */
  unsubscribeFunction(fn: (reason: unknown) => void): void {
    let listener = this.newest;
    while (listener !== undefined && !(listener instanceof AbortFunction && listener.heard === fn))
      listener = listener.older;
    if (listener !== undefined) this.unsubscribe(listener);
  }

  /** Stops following what is around: the call is over. Leaves no listener on the caller's signal. */
  close(): void {
    this.closed = true;
    if (this.follows) this.#unfollow();
    while (this.oldest !== this.newest) this.#unlink(this.oldest!); // the last has no links to undo
    this.oldest = undefined;
    this.newest = undefined;
  }

  /** The signal given aborts. */
  handleEvent(): void {
    this.heard(this.given?.reason);
  }

  /** What is around is given up, and so is this. */
  heard(reason: unknown): void {
    if (this.abortedBy === undefined) this.#abort(reason);
  }

  #abort(reason: unknown): void {
    this.abortedBy = { reason };
    if (this === latest) latest = undefined;
    if (this.follows) this.#unfollow();
    for (let listener = this.oldest; listener !== undefined; listener = this.oldest) {
      this.#unlink(listener);
      tell(listener, reason);
    }
    this.controller?.abort(reason);
  }

  /** Hears of an abort around from now on. */
  #follow(): void {
    if (this.closed) return; // whoever comes now would keep a listener on the caller's signal for ever
    this.follows = true;
    if (this.#listensItself) this.given!.addEventListener("abort", this, once);
    this.outer?.subscribe(this);
  }

  #unlink(listener: AbortListener): void {
    const { newer, older } = listener;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.newest = older;
    else newer.older = older;
    listener.newer = undefined;
    listener.older = undefined;
  }

  /** Nobody listens any more. */
  #rest(): void {
    if (this !== latest || atTurnEnd === undefined) {
      if (this.follows) this.#unfollow();
    } else if (!isSweeping) {
      isSweeping = true;
      atTurnEnd(AbortScope.#sweep);
    }
  }

  /** Whether no scope around listens to the same signal. */
  get #listensItself(): boolean {
    return this.given !== undefined && this.outer?.given !== this.given;
  }

  /** Whether nobody inside listens. */
  get idle(): boolean {
    return this.controller === undefined && this.oldest === undefined;
  }

  #unfollow(): void {
    this.follows = false;
    if (this.#listensItself) this.given!.removeEventListener("abort", this);
    this.outer?.unsubscribe(this);
  }
}
