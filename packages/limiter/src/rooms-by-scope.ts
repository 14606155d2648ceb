import type { WaitingRoom } from "./waiting-room.ts";

/** Rooms by scope. Beyond `maxScopes`, the one used longest ago is forgotten, unless it is in use. */
export class RoomsByScope<Room extends WaitingRoom> {
  readonly #roomsByScope = new Map<string, Room>();
  readonly #maxScopes: number;
  readonly #make: (scope: string) => Room;
  readonly #onForget: (scope: string) => void;
  #latestScope: string | undefined;
  #latest: Room | undefined;

  constructor(maxScopes: number, make: (scope: string) => Room, onForget: (scope: string) => void) {
    this.#maxScopes = maxScopes;
    this.#make = make;
    this.#onForget = onForget;
  }

  get(scope: string): Room {
    if (this.#latest !== undefined && this.#latestScope === scope) return this.#latest;
    const room = this.#roomsByScope.get(scope) ?? this.#make(scope);
    this.#roomsByScope.delete(scope); // a Map keeps the order in which keys were set: the first is the one used longest ago
    this.#roomsByScope.set(scope, room);
    this.#latestScope = scope;
    this.#latest = room;
    if (this.#roomsByScope.size > this.#maxScopes) this.#forgetOldest();
    return room;
  }

  [Symbol.iterator](): IterableIterator<[string, Room]> {
    return this.#roomsByScope.entries();
  }

  #forgetOldest(): void {
    for (const [scope, room] of this.#roomsByScope) {
      if (room === this.#latest || !room.idle) continue;
      this.#roomsByScope.delete(scope);
      this.#onForget(scope);
      return;
    }
  }
}
