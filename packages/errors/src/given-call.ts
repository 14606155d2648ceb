import type { AbortListener } from "./abort-listener.ts";
import { AbortScope } from "./abort-scope.ts";
import type { Settler } from "./inside.ts";

/** A call that its caller's signal can give up: its promise rejects at the abort, whatever runs in it. */
export class GivenCall<T> implements AbortListener, Settler<T> {
  newer: AbortListener | undefined = undefined;
  older: AbortListener | undefined = undefined;
  /** Of all that runs in it. */
  readonly scope: AbortScope;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;

  constructor(signal: AbortSignal, resolve: (value: T) => void, reject: (reason: unknown) => void) {
    this.scope = new AbortScope(AbortScope.of(signal), signal);
    this.#resolve = resolve;
    this.#reject = reject;
    this.scope.subscribe(this);
  }

  succeed(value: T): void {
    this.scope.close();
    this.#resolve(value);
  }

  fail(error: unknown): void {
    this.scope.close();
    this.#reject(error);
  }

  heard(reason: unknown): void {
    this.#reject(reason);
  }
}
