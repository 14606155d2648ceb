import type { RefusingState } from "@holdfast/errors";
import type { CallDetails } from "@holdfast/errors/policy";
import type { CircuitEvents } from "./circuit-events.ts";
import { figuresOf, remainingMs, retryAfterMsOf } from "./circuit-figures.ts";
import type { CircuitSettings } from "./circuit-settings.ts";
import {
  type CircuitState,
  type ClosedState,
  type ForcedClosedState,
  type HalfOpenState,
  type HoldKind,
  holdKinds,
  type OpenState,
} from "./circuit-state.ts";
import type { Outage } from "./outage.ts";
import { ongoingOutage, outageOf } from "./outage-of.ts";
import { type Outcome, plainSuccess } from "./outcome.ts";
import { type Pass, uncounted } from "./pass.ts";
import { type Probe, ProbeRound } from "./probe-round.ts";
import { RampUp } from "./ramp-up.ts";
import type { Refusal } from "./refusal.ts";
import type { TallyFigures } from "./tally.ts";
import type { TransitionReason, Trigger } from "./transition.ts";

/**
 * The states of a circuit and the ways between them. It makes no call and no promise: it admits or refuses, is
 * told how each admitted call ended, and tells of each change. A call's pass is the state that admitted it, so an
 * outcome that arrives when that state has passed counts for nothing.
 */
export class CircuitMachine {
  readonly name: string;
  /** Where changes are told. */
  events: CircuitEvents;
  readonly settings: CircuitSettings;
  #state: CircuitState;

  constructor(name: string, settings: CircuitSettings, events: CircuitEvents) {
    this.name = name;
    this.settings = settings;
    this.events = events;
    const since = settings.clock.now();
    this.#state =
      settings.mode === "disabled"
        ? { kind: "disabled", since, holds: ["disabled"] }
        : { kind: "closed", since, tally: settings.newTally(), rampUp: undefined };
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Lets a call through, or not. An open circuit whose time is over becomes half-open here. */
  admit(call: CallDetails | undefined): Pass | Refusal {
    const state = this.#state;
    switch (state.kind) {
      case "closed":
        return this.#admitClosed(state);
      case "open":
        return this.#admitOpen(state, call);
      case "half-open":
        return this.#admitHalfOpen(state, call);
      case "isolated":
        return this.#refuse("isolated", { since: state.since, failure: undefined }, this.retryAfterMs());
      case "forced-closed":
        return state;
      case "disabled":
        return uncounted;
    }
  }

  /** Counts how an admitted call ended, and changes the state if it is time. */
  settle(pass: Pass, outcome: Outcome, call: CallDetails | undefined): void {
    switch (pass.kind) {
      case "closed":
        if (pass === this.#state) this.#settleClosed(pass, outcome, call);
        return;
      case "probe":
        this.#settleProbe(pass, outcome, call);
        return;
      case "forced-closed":
        this.#count(pass, outcome);
        return;
      case "uncounted":
        return;
    }
  }

  /** {@link settle} for a success of which nothing else is known: most calls are such, and take this short way. */
  succeeded(pass: Pass, call: CallDetails | undefined): void {
    if (pass.kind !== "closed") this.settle(pass, plainSuccess, call);
    else if (pass === this.#state)
      pass.tally.succeeded(this.settings.countsByTime ? this.settings.clock.monotonic() : 0);
  }

  /** Opens the circuit for `openMs`, or for as long as the options say. Does nothing while it is held. */
  trip(error: unknown, openMs: number | undefined): void {
    if (!("holds" in this.#state)) this.#open({ reason: "tripped", error }, openMs);
  }

  /** Closes the circuit, forgets what it counted, and lets go of every hold. */
  reset(): void {
    this.#close({ reason: "reset" }, undefined);
  }

  hold(kind: HoldKind): void {
    this.#hold([...this.#holds(), kind], "held");
  }

  release(kind: HoldKind): void {
    const holds = this.#holds();
    const index = holds.indexOf(kind);
    if (index < 0) return; // a reset has let go of it
    const rest = holds.toSpliced(index, 1);
    if (rest.length > 0) this.#hold(rest, "released");
    else this.#close({ reason: "released" }, undefined);
  }

  /** Puts the circuit into a state that was saved, unless it is held. */
  restore(state: ClosedState | OpenState): boolean {
    if ("holds" in this.#state) return false;
    this.#enter(state, { reason: "restored" });
    return true;
  }

  /** What it counts in its present state. */
  figures(): TallyFigures {
    return figuresOf(this.#state, this.settings.clock.monotonic());
  }

  /** How long until a call may be admitted, in milliseconds; 0 where one may be now. */
  retryAfterMs(): number {
    return retryAfterMsOf(this.#state, this.settings.clock.monotonic());
  }

  #admitClosed(state: ClosedState): Pass | Refusal {
    const { rampUp } = state;
    if (rampUp === undefined) return state;
    const now = this.settings.clock.monotonic();
    const remainingMs = rampUp.remainingMs(now);
    if (remainingMs === 0) state.rampUp = undefined;
    if (remainingMs === 0 || rampUp.admits(now)) return state;
    // At random within what is left of the ramp-up, lest all who were refused come back at its end.
    return this.#refuse("recovering", rampUp.outage, remainingMs * this.settings.random());
  }

  #admitOpen(state: OpenState, call: CallDetails | undefined): Pass | Refusal {
    const retryAfterMs = remainingMs(state, this.settings.clock.monotonic());
    if (retryAfterMs > 0) return this.#refuse("open", state.outage, retryAfterMs);
    this.#probe(state, call);
    return this.admit(call); // from the start: a listener may have changed the state again
  }

  #admitHalfOpen(state: HalfOpenState, call: CallDetails | undefined): Pass | Refusal {
    const { round, outage } = state;
    if (round.hasPlace) return round.start();
    // Where the process slept, as between two invocations of a Lambda, so did its timers.
    for (let late = round.overdue(); late !== undefined; late = round.overdue()) this.#failHung(late);
    return state === this.#state ? this.#refuse("half-open", outage, this.retryAfterMs()) : this.admit(call);
  }

  #settleClosed(state: ClosedState, outcome: Outcome, call: CallDetails | undefined): void {
    const reason = this.#count(state, outcome);
    if (reason !== undefined) this.#open({ reason, error: outcome.error, retryAfterMs: outcome.retryAfterMs, call });
  }

  #count({ tally }: ClosedState | ForcedClosedState, { verdict, slow }: Outcome): TransitionReason | undefined {
    if (verdict === "ignored") return undefined;
    const atMs = this.settings.countsByTime ? this.settings.clock.monotonic() : 0;
    return tally.record(verdict === "failure", slow, atMs);
  }

  #settleProbe(probe: Probe, { verdict, slow, error, retryAfterMs }: Outcome, call: CallDetails | undefined): void {
    const state = this.#state;
    if (state.kind !== "half-open" || state.round !== probe.round) return;
    const bad = verdict === "failure" || slow;
    const result = state.round.settle(probe, verdict === "ignored" ? "ignored" : bad ? "failed" : "passed");
    if (result === "passed") this.#recover(state, call);
    if (result === "failed") {
      this.#open({ reason: verdict === "failure" ? "probe-failed" : "probe-slow", error, retryAfterMs, call });
    }
  }

  #failHung(probe: Probe): void {
    if (probe.round.settle(probe, "failed") === "failed") this.#open({ reason: "probe-hung" });
  }

  #recover({ outage }: HalfOpenState, call: CallDetails | undefined): void {
    const { rampUp, clock } = this.settings;
    this.#close({ reason: "probes-succeeded", call }, rampUp && new RampUp(rampUp, clock.monotonic(), outage));
  }

  #probe({ openMs, outage }: OpenState, call: CallDetails | undefined): void {
    const { clock, halfOpen } = this.settings;
    const round = new ProbeRound(halfOpen, clock, (probe) => this.#failHung(probe));
    this.#enter({ kind: "half-open", since: clock.now(), openMs, outage, round }, { reason: "open-time-over", call });
  }

  #open(trigger: Trigger, openMs?: number): void {
    const { clock, openMsOf } = this.settings;
    const [since, openedAtMs] = [clock.now(), clock.monotonic()];
    const before = ongoingOutage(this.#state, openedAtMs) ?? { since, openings: 0, failure: undefined };
    const openings = before.openings + 1;
    const failure = trigger.error ?? before.failure;
    const openForMs = openMs ?? openMsOf({ openings, error: failure, retryAfterMs: trigger.retryAfterMs });
    const outage = { since: before.since, openings, failure };
    this.#enter({ kind: "open", since, openedAtMs, openMs: openForMs, outage }, trigger);
  }

  #close(trigger: Trigger, rampUp: RampUp | undefined): void {
    const { clock, newTally } = this.settings;
    this.#enter({ kind: "closed", since: clock.now(), tally: newTally(), rampUp }, trigger);
  }

  #hold(holds: readonly HoldKind[], reason: "held" | "released"): void {
    const { clock, newTally } = this.settings;
    const kind = holdKinds.find((candidate) => holds.includes(candidate))!;
    const before = this.#state;
    if (before.kind === kind) {
      this.#state = { ...before, holds } as CircuitState; // held once more, or once less: nothing to tell of
      return;
    }
    const held = { since: clock.now(), holds };
    this.#enter(kind === "forced-closed" ? { kind, ...held, tally: newTally() } : { kind, ...held }, { reason });
  }

  #refuse(state: RefusingState, { since, failure }: Omit<Outage, "openings">, retryAfterMs: number): Refusal {
    return { kind: "refused", circuit: this.name, state, since, retryAfterMs, failure };
  }

  #holds(): readonly HoldKind[] {
    return "holds" in this.#state ? this.#state.holds : [];
  }

  #enter(next: CircuitState, { reason, error, call }: Trigger): void {
    const before = this.#state;
    const figures = this.figures();
    const openings = outageOf(next)?.openings ?? outageOf(before)?.openings ?? 0;
    const openMs = next.kind === "open" ? next.openMs : undefined;
    this.#state = next;
    if (before.kind === "half-open") before.round.end();
    const change = { circuit: this.name, from: before.kind, to: next.kind, reason, at: this.settings.clock.now() };
    this.events.emitStateChange({ ...change, ...figures, openings, openMs, error, call });
  }
}
