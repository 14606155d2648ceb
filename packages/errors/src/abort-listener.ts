/**
 * What hears of an abort. Listeners are links of their scope's list themselves, so that to listen makes nothing: one
 * listens to one scope at a time. An interface, since each `super()` costs a call 5 ns.
 */
export interface AbortListener {
  /** What it listened to is given up. Called once. */
  heard(reason: unknown): void;
  /** Those that began to listen after this one, and before. Its scope's; `undefined` from the start. */
  newer: AbortListener | undefined;
  older: AbortListener | undefined;
}

/** A function that hears of an abort. */
export class AbortFunction implements AbortListener {
  newer: AbortListener | undefined = undefined;
  older: AbortListener | undefined = undefined;
  readonly heard: (reason: unknown) => void;

  constructor(heard: (reason: unknown) => void) {
    this.heard = heard;
  }
}

/** Tells a listener; what it throws surfaces as from a listener of a signal, and the others hear of the abort all the same. */
export function tell(listener: AbortListener, reason: unknown): void {
  try {
    listener.heard(reason);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
