import { CircuitOpenError } from "@holdfast/errors";
import type { Clock } from "@holdfast/errors/policy";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CircuitBreaker, type CircuitBreakerOptions, type CircuitHold, circuitBreaker } from "./index.ts";

// A circuit is driven by random commands beside a model of it that is as plain as can be: lists instead of windows,
// no promises, no timers. After every command both must be in the same state, and at the end none may be stuck.

const stepsWanted = 100_000;

type Ending = "success" | "failure" | "ignored" | "aborted";

interface Setup {
  readonly consecutiveFailures: number;
  readonly ratioOf: number | undefined;
  readonly probes: number;
  readonly successes: number;
  readonly others: "reject" | "queue";
  readonly rampUpMs: number | undefined;
  readonly mode: "enforce" | "observe";
}

const maxQueued = 3;
const probeTimeoutMs = 700;
const openMsOf = (openings: number): number => Math.min(4_000, 1_000 * 2 ** (openings - 1));

/** What the model knows of a call under way: which stretch of its life the call was admitted in. */
interface ModelCall {
  readonly era: number | undefined;
  readonly probe: boolean;
  readonly startedAt: number;
}

type ModelState =
  | {
      kind: "closed";
      outcomes: boolean[];
      run: number;
      ramp: { since: number; credit: number; openings: number } | undefined;
    }
  | { kind: "open"; until: number; openings: number }
  | { kind: "half-open"; openings: number; passed: number; failed: number }
  | { kind: "isolated" | "forced-closed" | "disabled" };

class Model {
  readonly setup: Setup;
  now = 0;
  era = 0;
  state: ModelState = { kind: "closed", outcomes: [], run: 0, ramp: undefined };
  readonly holds: ("isolated" | "forced-closed" | "disabled")[] = [];
  readonly calls: Map<number, ModelCall> = new Map();
  queue: number[] = [];

  constructor(setup: Setup) {
    this.setup = setup;
  }

  /** Begins call `id`; says what becomes of it. */
  begin(id: number): "made" | "queued" | "refused" {
    const { state, setup } = this;
    if (state.kind === "open" && this.now >= state.until) {
      this.enter({ kind: "half-open", openings: state.openings, passed: 0, failed: 0 });
      return this.begin(id);
    }
    if (state.kind === "half-open" && this.probesInFlight() + state.passed + state.failed < setup.probes) {
      this.calls.set(id, { era: this.era, probe: true, startedAt: this.now });
      return "made";
    }
    if (
      state.kind === "forced-closed" ||
      state.kind === "disabled" ||
      (state.kind === "closed" && this.rampAdmits(state))
    ) {
      this.calls.set(id, { era: this.era, probe: false, startedAt: this.now });
      return "made";
    }
    if (setup.mode === "observe") {
      this.calls.set(id, { era: undefined, probe: false, startedAt: this.now });
      return "made";
    }
    if (state.kind === "half-open" && setup.others === "queue" && this.queue.length < maxQueued) {
      this.queue.push(id);
      return "queued";
    }
    return "refused";
  }

  end(id: number, ending: Ending): void {
    const call = this.calls.get(id)!;
    this.calls.delete(id);
    const { state } = this;
    if (call.era !== this.era) return;
    if (state.kind === "closed") this.endClosed(state, ending);
    if (state.kind === "half-open" && call.probe) this.endProbe(state, ending);
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const { state } = this;
      const [hung] = [...this.calls].filter(
        ([, { probe, era }]) => probe && era === this.era && state.kind === "half-open",
      );
      if (hung === undefined || hung[1].startedAt + probeTimeoutMs > end) break;
      this.now = hung[1].startedAt + probeTimeoutMs;
      this.calls.set(hung[0], { ...hung[1], era: undefined }); // it goes on, and says nothing any more
      if (state.kind === "half-open") this.endProbe(state, "failure");
    }
    this.now = end;
  }

  hold(kind: "isolated" | "forced-closed" | "disabled"): void {
    this.holds.push(kind);
    this.enterHeld();
  }

  release(index: number): void {
    this.holds.splice(index, 1);
    if (this.holds.length === 0) this.close(undefined);
    else this.enterHeld();
  }

  reset(): void {
    this.holds.length = 0;
    this.close(undefined);
  }

  trip(): void {
    if (this.holds.length === 0) this.open();
  }

  /** A new process, which goes on from a snapshot: no call is under way in it. */
  restart(): void {
    this.calls.clear();
    this.queue = [];
    const { state } = this;
    this.holds.length = 0;
    if (state.kind === "half-open") this.state = { kind: "open", until: this.now, openings: state.openings };
    else if (state.kind === "closed") state.ramp = undefined;
    else if (state.kind !== "open") this.state = { kind: "closed", outcomes: [], run: 0, ramp: undefined };
    this.era++;
  }

  probesInFlight(): number {
    return [...this.calls.values()].filter(({ era, probe }) => probe && era === this.era).length;
  }

  private endClosed(state: ModelState & { kind: "closed" }, ending: Ending): void {
    if (ending === "ignored" || ending === "aborted") return;
    const failed = ending === "failure";
    state.run = failed ? state.run + 1 : 0;
    const { ratioOf, consecutiveFailures } = this.setup;
    if (ratioOf !== undefined) state.outcomes = [...state.outcomes, failed].slice(-ratioOf);
    const failures = state.outcomes.filter(Boolean).length;
    const byRatio = state.outcomes.length === ratioOf && failures * 2 >= ratioOf;
    if (failed && (state.run >= consecutiveFailures || byRatio)) this.open();
  }

  private endProbe(state: ModelState & { kind: "half-open" }, ending: Ending): void {
    const { probes, successes, rampUpMs } = this.setup;
    if (ending === "success") state.passed++;
    else if (ending === "failure") state.failed++;
    else this.wake();
    if (state.passed >= successes) {
      this.close(rampUpMs === undefined ? undefined : { since: this.now, credit: 0, openings: state.openings });
    } else if (state.failed > probes - successes) this.open();
  }

  private rampAdmits({ ramp }: ModelState & { kind: "closed" }): boolean {
    if (ramp === undefined) return true;
    const passed = (this.now - ramp.since) / this.setup.rampUpMs!;
    if (passed >= 1) return true;
    ramp.credit += 0.25 + 0.75 * passed;
    if (ramp.credit < 1) return false;
    ramp.credit--;
    return true;
  }

  private open(): void {
    const { state } = this;
    const ramping =
      state.kind === "closed" && state.ramp !== undefined && this.now < state.ramp.since + this.setup.rampUpMs!;
    const before = "openings" in state ? state.openings : ramping ? state.ramp!.openings : 0;
    this.enter({ kind: "open", until: this.now + openMsOf(before + 1), openings: before + 1 });
  }

  private close(ramp: (ModelState & { kind: "closed" })["ramp"]): void {
    this.enter({ kind: "closed", outcomes: [], run: 0, ramp });
  }

  private enterHeld(): void {
    const kind = (["isolated", "forced-closed", "disabled"] as const).find((candidate) =>
      this.holds.includes(candidate),
    )!;
    if (this.state.kind !== kind) this.enter({ kind });
  }

  private enter(state: ModelState): void {
    this.state = state;
    this.era++;
    this.wake();
  }

  private wake(): void {
    const waiting = this.queue;
    this.queue = [];
    for (const id of waiting) if (this.begin(id) === "refused") this.refusedLater.push(id);
  }

  readonly refusedLater: number[] = [];
}

/** A clock whose timers fire within `advance`, one after the other, and nothing else moves. */
class StepClock implements Clock {
  time = 0;
  readonly timers: Map<object, { readonly at: number; readonly fire: () => void }> = new Map();
  now = (): number => this.time;
  monotonic = (): number => this.time;

  setTimeout(fire: () => void, delayMs: number): object {
    const timer = {};
    this.timers.set(timer, { at: this.time + delayMs, fire });
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.timers.delete(timer as object);
  }

  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const [due] = [...this.timers].filter(([, { at }]) => at <= end).toSorted(([, a], [, b]) => a.at - b.at);
      if (due === undefined) break;
      this.time = due[1].at;
      this.timers.delete(due[0]);
      due[1].fire();
      await settled();
    }
    this.time = end;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface RealCall {
  made: boolean;
  outcome: "pending" | "fulfilled" | "refused" | "rejected";
  readonly controller: AbortController;
  readonly operation: PromiseWithResolvers<string>;
}

class Real {
  readonly options: CircuitBreakerOptions;
  readonly clock: StepClock = new StepClock();
  circuit: CircuitBreaker;
  holds: CircuitHold[] = [];
  readonly calls: Map<number, RealCall> = new Map();
  transitions = 0;

  constructor({ consecutiveFailures, ratioOf, probes, successes, others, rampUpMs, mode }: Setup) {
    this.options = {
      clock: this.clock,
      mode,
      consecutiveFailures,
      ...(ratioOf !== undefined && { failureRatio: 0.5, window: { calls: ratioOf }, minimumCalls: ratioOf }),
      openMs: { initialMs: 1_000, maxMs: 4_000 },
      halfOpen: { probes, successes, others, maxQueued, probeTimeoutMs },
      ...(rampUpMs !== undefined && { rampUp: { durationMs: rampUpMs, initialShare: 0.25 } }),
      onStateChange: () => {
        this.transitions++;
      },
    };
    this.circuit = circuitBreaker(this.options);
  }

  async begin(id: number): Promise<void> {
    const operation = Promise.withResolvers<string>();
    const call: RealCall = { made: false, outcome: "pending", controller: new AbortController(), operation };
    this.calls.set(id, call);
    const running = this.circuit.execute(() => {
      call.made = true;
      return operation.promise;
    }, call.controller.signal);
    running.then(
      () => {
        call.outcome = "fulfilled";
      },
      (error: unknown) => {
        call.outcome = error instanceof CircuitOpenError ? "refused" : "rejected";
      },
    );
    await settled();
  }

  async end(id: number, ending: Ending): Promise<void> {
    const { operation, controller } = this.calls.get(id)!;
    if (ending === "success") operation.resolve("value");
    else if (ending === "failure") operation.reject(new Error("down"));
    else if (ending === "ignored") operation.reject(new TypeError("a mistake of the caller's"));
    else controller.abort(); // the operation takes no notice
    await settled();
    this.calls.delete(id);
  }
}

let steps = 0;
let nextId = 0;

/** A command that may always run, and holds both to each other afterwards. */
class Step implements fc.AsyncCommand<Model, Real> {
  readonly #name: string;
  readonly #run: (model: Model, real: Real) => Promise<void>;

  constructor(name: string, run: (model: Model, real: Real) => Promise<void>) {
    this.#name = name;
    this.#run = run;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    steps++;
    await this.#run(model, real);
    await settled();
    compare(model, real);
  }

  toString(): string {
    return this.#name;
  }
}

function compare(model: Model, real: Real): void {
  const health = real.circuit.health();
  const { state } = model;
  expect(health.state).toBe(state.kind);
  const probing = state.kind === "half-open" ? model.probesInFlight() : 0;
  expect(health.probesInFlight).toBe(probing);
  expect(real.clock.timers.size).toBe(probing); // each probe has its watchdog, and nothing else is left behind
  if (state.kind === "closed") expect(health.consecutiveFailures).toBe(state.run);
  if (state.kind === "open") {
    expect(health.retryAfterMs).toBe(Math.max(0, state.until - model.now));
    expect(health.openings).toBe(state.openings);
  }
  if (state.kind === "half-open") {
    expect(health.calls).toBe(state.passed + state.failed);
    expect(probing + health.calls).toBeLessThanOrEqual(model.setup.probes);
  } else {
    expect(model.queue).toEqual([]);
  }
  for (const id of model.refusedLater.splice(0)) {
    expect(real.calls.get(id)?.outcome).toBe("refused");
    real.calls.delete(id);
  }
  for (const id of model.calls.keys()) expect(real.calls.get(id)?.made).toBe(true);
  for (const id of model.queue) expect(real.calls.get(id)).toMatchObject({ made: false, outcome: "pending" });
}

const begin = new Step("begin", async (model, real) => {
  const id = nextId++;
  const expected = model.begin(id);
  await real.begin(id);
  const call = real.calls.get(id)!;
  expect(call.made).toBe(expected === "made");
  expect(call.outcome).toBe(expected === "refused" ? "refused" : "pending");
  if (expected === "refused") real.calls.delete(id);
});

const end = (index: number, ending: Ending) =>
  new Step(`end(${index}, ${ending})`, async (model, real) => {
    const ids = [...model.calls.keys()];
    const id = ids[index % Math.max(1, ids.length)];
    if (id === undefined) return;
    model.end(id, ending);
    await real.end(id, ending);
  });

const leaveQueue = new Step("leave the queue", async (model, real) => {
  const id = model.queue.shift();
  if (id !== undefined) await real.end(id, "aborted");
});

const advance = (ms: number) =>
  new Step(`advance(${ms})`, async (model, real) => {
    model.advance(ms);
    await real.clock.advance(ms);
  });

const hold = (kind: "isolated" | "forced-closed" | "disabled") =>
  new Step(kind, async (model, real) => {
    model.hold(kind);
    const { circuit } = real;
    real.holds.push(
      kind === "isolated" ? circuit.isolate() : kind === "disabled" ? circuit.disable() : circuit.forceClosed(),
    );
  });

const release = (index: number) =>
  new Step(`release(${index})`, async (model, real) => {
    if (model.holds.length === 0) return;
    const at = index % model.holds.length;
    model.release(at);
    const [held] = real.holds.splice(at, 1);
    held!.dispose();
    held!.dispose();
  });

const trip = new Step("trip", async (model, real) => {
  model.trip();
  real.circuit.trip(new Error("tripped"));
});

const reset = new Step("reset", async (model, real) => {
  model.reset();
  real.circuit.reset();
  for (const held of real.holds.splice(0)) held.dispose(); // of holds that are gone
});

const restart = new Step("restart", async (model, real) => {
  const snapshot: unknown = JSON.parse(JSON.stringify(real.circuit));
  model.restart();
  real.clock.timers.clear();
  real.calls.clear();
  real.holds = [];
  real.circuit = circuitBreaker({ ...real.options, snapshot });
});

const index = fc.nat({ max: 20 });
const ending = fc.constantFrom<Ending>("success", "success", "failure", "failure", "failure", "ignored", "aborted");
const rarely = <T>(step: fc.Arbitrary<T>, otherwise: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 1, arbitrary: step }, { weight: 9, arbitrary: otherwise });
const often: fc.Arbitrary<Step> = fc.oneof(
  fc.constant(begin),
  fc.constant(begin),
  fc.tuple(index, ending).map(([at, how]) => end(at, how)),
  fc.tuple(index, ending).map(([at, how]) => end(at, how)),
  fc.constantFrom(1, 99, 250, 700, 1_000, 4_000).map(advance),
);
const seldom: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom("isolated" as const, "forced-closed" as const, "disabled" as const).map(hold),
  index.map(release),
  index.map(release),
  index.map(release),
  fc.constantFrom(trip, reset, restart, leaveQueue, leaveQueue),
);

const setup: fc.Arbitrary<Setup> = fc
  .record({
    consecutiveFailures: fc.integer({ min: 1, max: 4 }),
    ratioOf: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
    probes: fc.integer({ min: 1, max: 4 }),
    needed: fc.nat(),
    others: fc.constantFrom("reject" as const, "queue" as const),
    rampUpMs: fc.option(fc.constantFrom(500, 2_000), { nil: undefined }),
    mode: fc.constantFrom("enforce" as const, "enforce" as const, "observe" as const),
  })
  .map(({ needed, ...rest }) => ({ ...rest, successes: 1 + (needed % rest.probes) }));

/** Whatever has happened: once nobody holds it and the service is well, it closes, and admits every call. */
async function expectNotStuck(model: Model, real: Real): Promise<void> {
  for (const held of real.holds.splice(0)) held.dispose();
  await real.clock.advance(4_000 + probeTimeoutMs); // a hung probe is freed, and what it opened is over
  await real.clock.advance(4_000);
  for (let probe = 0; probe < model.setup.probes; probe++) await real.circuit.execute(() => "value").catch(() => {});
  await real.clock.advance(2_000);
  expect(await real.circuit.execute(() => "value")).toBe("value");
  expect(real.circuit.state).toBe("closed");
  expect(real.clock.timers.size).toBe(0);
  for (const { made, outcome } of real.calls.values()) expect(made || outcome !== "pending").toBe(true);
}

test(`in ${stepsWanted} steps it does what its model does, loses no probe, and is never stuck`, async () => {
  for (let seed = 1; steps < stepsWanted; seed++) {
    const commands = fc.commands([rarely(seldom, often)] as fc.Arbitrary<Step>[], { maxCommands: 400, size: "max" });
    await fc.assert(
      fc.asyncProperty(setup, commands, async (chosen, chosenCommands) => {
        const model = new Model(chosen);
        const real = new Real(chosen);
        await fc.asyncModelRun(() => ({ model, real }), chosenCommands);
        await expectNotStuck(model, real);
      }),
      { seed, numRuns: 50 },
    );
  }
}, 60_000);
