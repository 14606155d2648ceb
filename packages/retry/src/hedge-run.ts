import { type CallContext, type Clock, type Next, settle } from "@holdfast/errors/policy";
import { Pause } from "./pause.ts";

export interface HedgeRunOptions<T> {
  readonly context: CallContext;
  readonly next: Next<T>;
  readonly delayMs: number;
  /** The first included. */
  readonly maxCalls: number;
  readonly clock: Clock;
  /** Asked before each further call. */
  readonly mayHedge: (attempt: number) => boolean;
}

/** Why the signal of a call that lost the race aborts. */
const outrun = (): DOMException => new DOMException("Another call of the same hedge answered first", "AbortError");

/** One hedged call: the calls made side by side until one answers. */
export class HedgeRun<T> {
  readonly #options: HedgeRunOptions<T>;
  readonly #running = new Set<CallContext>();
  #made = 0;
  #pause: Pause | undefined;
  #firstError: { readonly error: unknown } | undefined;
  #over = false;
  #resolve: (value: T) => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  constructor(options: HedgeRunOptions<T>) {
    this.#options = options;
  }

  /** The first answer, or the first error once no call is left. */
  answer(): Promise<T> {
    const { context } = this.#options;
    const abandon = (reason: unknown) => {
      this.#end();
      this.#reject(reason);
    };
    return new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      context.onAbort(abandon);
      if (!this.#over) this.#call();
    }).finally(() => {
      context.offAbort(abandon);
    });
  }

  #call(): void {
    const { context, next, delayMs, maxCalls, clock } = this.#options;
    this.#made += 1;
    const own = context.withAttempt(this.#made).cancellable();
    this.#running.add(own);
    if (this.#made < maxCalls) {
      this.#pause = new Pause(clock, delayMs, false);
      this.#pause.ended.then(() => this.#hedge());
    }
    this.#follow(own, settle(next, own));
  }

  async #follow(own: CallContext, call: Promise<T>): Promise<void> {
    try {
      const value = await call;
      this.#ended(own);
      if (this.#over) return;
      this.#end();
      this.#resolve(value);
    } catch (error) {
      this.#ended(own);
      this.#firstError ??= { error };
      if (this.#over || this.#running.size > 0) return;
      this.#end();
      this.#reject(this.#firstError.error);
    }
  }

  #ended(own: CallContext): void {
    this.#running.delete(own);
    own.scope?.close();
  }

  #hedge(): void {
    if (!this.#over && this.#options.mayHedge(this.#made + 1)) this.#call();
  }

  #end(): void {
    this.#over = true;
    this.#pause?.end();
    for (const loser of this.#running) loser.cancel(outrun());
    this.#running.clear();
  }
}
