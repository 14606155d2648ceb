import {
  type CallContext,
  type CallDetails,
  type Clock,
  Emitter,
  type Event,
  type Next,
  PolicyBase,
} from "@holdfast/errors/policy";
import type { Wish } from "./limit.ts";
import type { RefusalReason } from "./limit-reached-error.ts";
import type { AdmitEvent, RejectEvent } from "./limiter-events.ts";
import type { Outcome } from "./outcome.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** What every limiter of this package is: a policy whose calls wait in a room, and that tells how they fare. */
export abstract class LimiterPolicy<Room extends WaitingRoom = WaitingRoom> extends PolicyBase {
  readonly name: string;
  protected readonly clock: Clock;
  readonly #admit = new Emitter<AdmitEvent>();
  readonly #reject = new Emitter<RejectEvent>();

  readonly onAdmit: Event<AdmitEvent> = this.#admit.event;
  readonly onReject: Event<RejectEvent> = this.#reject.event;

  constructor({ name, clock }: { readonly name: string; readonly clock: Clock }) {
    super();
    this.name = name;
    this.clock = clock;
  }

  /** Where the call waits. */
  protected abstract roomOf(call: CallDetails | undefined): Room;

  protected abstract wishOf(context: CallContext): Wish;

  /** What became of a call that failed. */
  protected outcomeOf(_error: unknown, _context: CallContext): Outcome {
    return "answered";
  }

  /** The server refused the call because calls come too fast. */
  protected throttled(_room: Room, _call: CallDetails | undefined): void {}

  protected readonly refused = (reason: RefusalReason): void => this.#reject.emit({ reason });

  async executeWithin<T>(context: CallContext, next: Next<T>): Promise<T> {
    const { call } = context;
    const room = this.roomOf(call);
    const wish = this.wishOf(context);
    const turn = room.admitNow(wish) ?? (await room.enter(context, wish));
    if (context.aborted) {
      room.end("unsent", turn, turn.at);
      throw context.reason;
    }
    if (this.#admit.active) this.#admit.emit({ waitedMs: turn.waitedMs, call });
    try {
      const value = await next(context);
      const now = this.clock.monotonic();
      room.end("answered", turn, now);
      this.succeeded(now - turn.at);
      return value;
    } catch (error) {
      const now = this.clock.monotonic();
      const outcome = this.outcomeOf(error, context);
      room.end(outcome, turn, now);
      if (outcome === "throttled") this.throttled(room, call);
      this.failed(now - turn.at, error, outcome === "throttled" || outcome === "failed");
      throw error;
    }
  }
}
