import {
  type CallContext,
  type CallDetails,
  Emitter,
  type Event,
  type Next,
  PolicyBase,
} from "@holdfast/errors/policy";
import type { Wish } from "./limit.ts";
import type { AdmitEvent, RejectEvent } from "./limiter-events.ts";
import type { Outcome } from "./outcome.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** What every limiter of this package is: a policy whose calls wait in a room, and that tells how they fare. */
export abstract class LimiterPolicy<Room extends WaitingRoom = WaitingRoom> extends PolicyBase {
  readonly name: string;
  readonly #admit = new Emitter<AdmitEvent>();
  /** Where the rooms tell of calls that they refuse. */
  protected readonly reject: Emitter<RejectEvent> = new Emitter();

  readonly onAdmit: Event<AdmitEvent> = this.#admit.event;
  readonly onReject: Event<RejectEvent> = this.reject.event;

  constructor({ name }: { readonly name: string }) {
    super();
    this.name = name;
  }

  /** Where the call waits. */
  protected abstract roomOf(call: CallDetails | undefined): Room;

  protected abstract wishOf(context: CallContext): Wish;

  /** What became of a call that failed, where that says something. Default `answered`. */
  protected outcomeOf?(error: unknown, context: CallContext): Outcome;

  /** Called when the server refused a call because calls come too fast. */
  protected throttled?(room: Room, call: CallDetails | undefined): void;

  async executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    const { call } = context;
    const room = this.roomOf(call);
    const wish = this.wishOf(context);
    const turn = room.admitNow(wish) ?? (await room.enter(context, wish));
    if (context.aborted) {
      room.end("unsent", turn);
      throw context.reason;
    }
    if (this.#admit.active) this.#admit.emit({ waitedMs: turn.waitedMs, call });
    try {
      const value = await next(context);
      this.succeeded(room.end("answered", turn));
      return value;
    } catch (error) {
      const outcome = this.outcomeOf?.(error, context) ?? "answered";
      const durationMs = room.end(outcome, turn);
      if (outcome === "throttled") this.throttled?.(room, call);
      this.failed(durationMs, error, outcome === "throttled" || outcome === "failed");
      throw error;
    }
  }
}
