import { type CallContext, Place } from "@holdfast/errors/policy";
import type { Turn, Wish } from "./limit.ts";

/** One call that waits. */
export class Waiter extends Place {
  readonly context: CallContext;
  readonly wish: Wish;
  /** Since when it waits, in monotonic milliseconds. */
  readonly since: number;
  readonly expiresAt: number;
  readonly turn: PromiseWithResolvers<Turn> = Promise.withResolvers();
  readonly onAbort: () => void;

  constructor(context: CallContext, wish: Wish, since: number, expiresAt: number, giveUp: (waiter: Waiter) => void) {
    super();
    this.context = context;
    this.wish = wish;
    this.since = since;
    this.expiresAt = expiresAt;
    this.onAbort = () => giveUp(this);
    context.onAbort(this.onAbort);
  }

  override leave(): void {
    super.leave();
    this.context.offAbort(this.onAbort);
  }
}
