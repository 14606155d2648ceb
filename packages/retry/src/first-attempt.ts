import {
  type AbortListener,
  type CallContext,
  clearReading,
  follow,
  type Inside,
  type Next,
  nextOf,
  notedReading,
  type Settler,
  settle,
  systemClock,
} from "@holdfast/errors/policy";
import type { FailureReason } from "./retry-events.ts";
import { RetryRun } from "./retry-run.ts";
import type { RetrySettings } from "./retry-settings.ts";

/** The first attempt of a call inside which other policies stand: nothing is set up for a failure that does not come. */
export class FirstAttempt<T> implements AbortListener, Settler<T> {
  // Neither #private nor initialized: made by each call, as `AbortScope` says.
  declare newer: AbortListener | undefined;
  declare older: AbortListener | undefined;
  declare private readonly settings: RetrySettings;
  declare private readonly context: CallContext;
  declare private readonly inside: Inside;
  declare private readonly fn: Next<T>;
  declare private readonly settler: Settler<T>;
  /** By the monotonic clock. */
  declare private startedAtMs: number;
  declare private listens: boolean;
  /** Made when the caller gives up. */
  declare private abandoned: RetryRun<T> | undefined;

  constructor(settings: RetrySettings, context: CallContext, inside: Inside, fn: Next<T>, settler: Settler<T>) {
    this.newer = undefined;
    this.older = undefined;
    this.settings = settings;
    this.context = context;
    this.inside = inside;
    this.fn = fn;
    this.settler = settler;
    this.abandoned = undefined;
    this.startedAtMs = 0;
    this.listens = false;
  }

  begin(): void {
    const { context, inside } = this;
    const { abortable } = context; // asked first: it is true once the function has read the signal
    const { clock } = this.settings;
    const first = context.withAttempt(1);
    if (inside.notesTime && clock === systemClock) {
      const around = clearReading();
      inside.begin(first, this.fn, this);
      this.startedAtMs = notedReading(around);
    } else {
      this.startedAtMs = clock.monotonic();
      inside.begin(first, this.fn, this);
    }
    this.listens = abortable;
    if (abortable) context.onAbort(this);
  }

  /** The caller gives up: the call's attempts are over. */
  heard(reason: unknown): void {
    this.abandoned = this.#run();
    this.abandoned.heard(reason);
  }

  succeed(value: T): void {
    if (this.listens) this.#settled({ value });
    this.settler.succeed(value);
  }

  fail(error: unknown): void {
    if (this.listens) this.#settled({ error });
    if (this.abandoned !== undefined) this.settler.fail(error);
    else follow(this.#resume(error), this.settler);
  }

  #resume(error: unknown): Promise<T> {
    return settle(() => this.#run().run({ error }), this.context);
  }

  #settled(outcome: FailureReason): void {
    if (this.abandoned === undefined) this.context.offAbort(this);
    else this.abandoned.progress.reportLate(outcome);
  }

  #run(): RetryRun<T> {
    const { settings, context, inside, fn } = this;
    // In whole milliseconds since the epoch: at most one off.
    const startedAt = Math.ceil(settings.clock.now() - (settings.clock.monotonic() - this.startedAtMs));
    return new RetryRun(settings, context, nextOf(inside, fn), startedAt);
  }
}
