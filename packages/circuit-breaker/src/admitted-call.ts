import type { AbortListener, CallContext, Settler } from "@holdfast/errors/policy";
import { isFailedResult, judgeAbort, judgeError } from "./call-judge.ts";
import type { CircuitMachine } from "./circuit-machine.ts";
import type { CircuitSettings } from "./circuit-settings.ts";
import { failedResult, plainSuccess, slowSuccess } from "./outcome.ts";
import { type Pass, uncounted } from "./pass.ts";

/** A call that a circuit let through: tells the circuit how it ended, and then whoever made it. */
export class AdmittedCall<T> implements AbortListener, Settler<T> {
  // Neither #private nor initialized: made by each call, as `AbortScope` says.
  declare newer: AbortListener | undefined;
  declare older: AbortListener | undefined;
  declare private readonly machine: CircuitMachine;
  declare private readonly settings: CircuitSettings;
  declare private readonly pass: Pass;
  declare private readonly context: CallContext;
  declare private readonly settler: Settler<T>;
  /** `undefined` where nobody wants to know how long it takes. */
  declare private readonly startedAtMs: number | undefined;
  declare private readonly listens: boolean;

  constructor(
    machine: CircuitMachine,
    settings: CircuitSettings,
    pass: Pass,
    context: CallContext,
    settler: Settler<T>,
  ) {
    this.newer = undefined;
    this.older = undefined;
    this.machine = machine;
    this.settings = settings;
    this.pass = pass;
    this.context = context;
    this.settler = settler;
    const isTimed = settings.slowCallMs !== undefined || machine.events.tellsCalls;
    this.startedAtMs = isTimed ? settings.clock.monotonic() : undefined;
    this.listens = context.abortable;
    if (this.listens) context.onAbort(this);
  }

  succeed(value: T): void {
    if (this.listens) this.context.offAbort(this);
    const asksMore = this.startedAtMs !== undefined || this.settings.judgesResults || this.context.aborted;
    if (asksMore) this.#returned(value);
    else this.machine.succeeded(this.pass, this.context.call);
    this.settler.succeed(value);
  }

  fail(error: unknown): void {
    if (this.listens) this.context.offAbort(this);
    if (this.pass !== uncounted || this.machine.events.tellsCalls) this.#failed(error);
    this.settler.fail(error);
  }

  /** A call that is given up is counted then and there: what it runs may ignore its signal, and never settle. */
  heard(reason: unknown): void {
    const { settings, context } = this;
    this.machine.settle(this.pass, { ...judgeAbort(settings, context), slow: false, error: reason }, context.call);
  }

  #returned(value: T): void {
    const { events } = this.machine;
    const duration = this.#durationMs();
    const failed = isFailedResult(this.settings, value);
    const slow = this.#isSlow(duration);
    const outcome = failed ? failedResult(slow) : slow ? slowSuccess : plainSuccess;
    if (!this.context.aborted) this.machine.settle(this.pass, outcome, this.context.call);
    if (!events.tellsCalls) return;
    if (failed) events.emitFailure({ duration, handled: true, reason: { value } });
    else events.emitSuccess({ duration });
  }

  #failed(error: unknown): void {
    const { events } = this.machine;
    const duration = this.#durationMs();
    const judgement = judgeError(this.settings, error, this.context);
    if (!this.context.aborted) {
      this.machine.settle(this.pass, { ...judgement, slow: this.#isSlow(duration), error }, this.context.call);
    }
    if (!events.tellsCalls) return;
    events.emitFailure({ duration, handled: judgement.verdict === "failure", reason: { error } });
  }

  #durationMs(): number {
    return this.startedAtMs === undefined ? 0 : this.settings.clock.monotonic() - this.startedAtMs;
  }

  #isSlow(durationMs: number): boolean {
    const { slowCallMs } = this.settings;
    return slowCallMs !== undefined && durationMs > slowCallMs;
  }
}
