import { assertInteger, assertKnownOptions, type Clock, type Event, systemClock } from "@holdfast/errors/policy";
import type { StateChangeEvent } from "./circuit-events.ts";
import type { CircuitStateName, TransitionReason } from "./transition.ts";

/** What of a transition a timeline shows. */
export interface TimelineEntry {
  readonly circuit: string;
  readonly from: CircuitStateName;
  readonly to: CircuitStateName;
  readonly reason: TransitionReason;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The transitions of some circuits over some time. */
export interface Timeline {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** In order of time. */
  readonly entries: readonly TimelineEntry[];
  /** Older transitions that were dropped to stay within the recorder's capacity. */
  readonly dropped: number;
}

export interface TimelineRecorderOptions {
  /** Transitions kept; older ones are dropped. Integer ≥ 1. Default 10,000. */
  readonly capacity?: number | undefined;
  readonly clock?: Pick<Clock, "now"> | undefined;
}

/** Collects transitions for a timeline. */
export interface TimelineRecorder {
  /** What was recorded, until now. */
  timeline(): Timeline;
  /** Stops recording. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Records the transitions of a circuit, or of all the circuits of a registry, from now on. */
export function recordTimeline(
  source: { readonly onStateChange: Event<StateChangeEvent> },
  options: TimelineRecorderOptions = {},
): TimelineRecorder {
  assertKnownOptions("recordTimeline()", options, { capacity: 0, clock: 0 });
  const { capacity = 10_000, clock = systemClock } = options;
  assertInteger("capacity", capacity, { min: 1 });
  const entries: TimelineEntry[] = [];
  const begun = clock.now();
  let dropped = 0;
  const subscription = source.onStateChange(({ circuit, from, to, reason, at }) => {
    entries.push({ circuit, from, to, reason, at });
    if (entries.length > capacity) {
      entries.shift();
      dropped++;
    }
  });
  const dispose = () => subscription.dispose();
  return {
    timeline: () => ({ from: begun, to: clock.now(), entries: [...entries], dropped }),
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/** A stretch of time that a circuit spent in one state. */
export interface Span {
  readonly state: CircuitStateName;
  readonly from: number;
  readonly to: number;
  /** Why it ended; `undefined` of the last. */
  readonly endedBy: TransitionReason | undefined;
}

/** The spans of each circuit, in order of time, from one end of the timeline to the other. */
export function spansByCircuit({ from, to, entries }: Timeline): ReadonlyMap<string, readonly Span[]> {
  const spans = new Map<string, Span[]>();
  for (const entry of entries) {
    const own = spans.get(entry.circuit) ?? [];
    spans.set(entry.circuit, own);
    const start = own.at(-1)?.to ?? from;
    own.push({ state: entry.from, from: start, to: entry.at, endedBy: entry.reason });
  }
  for (const [circuit, own] of spans) {
    const last = entries.findLast((entry) => entry.circuit === circuit)!;
    own.push({ state: last.to, from: last.at, to, endedBy: undefined });
  }
  return spans;
}
