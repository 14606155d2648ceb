import type { Limit } from "./limit.ts";
import type { LimiterSnapshot } from "./limiter-events.ts";
import { LimiterPolicy } from "./limiter-policy.ts";
import { WaitingRoom, type WaitingRoomOptions } from "./waiting-room.ts";

/** A limiter whose calls all wait in one room. */
export abstract class OneRoomPolicy<Kept extends Limit> extends LimiterPolicy<WaitingRoom<Kept>> {
  protected readonly room: WaitingRoom<Kept>;

  constructor(limit: Kept, options: WaitingRoomOptions) {
    super(options);
    this.room = new WaitingRoom(limit, options, this.reject);
  }

  snapshot(): LimiterSnapshot {
    return this.room.snapshot();
  }

  protected override roomOf(): WaitingRoom<Kept> {
    return this.room;
  }
}
