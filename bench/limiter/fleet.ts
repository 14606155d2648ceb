import { firstAttempt, Learner, laterAttempt } from "../../packages/limiter/src/learner/learner.ts";
import { type BudgetAccount, type RetryBudget, retryBudget } from "../../packages/retry/src/index.ts";
import { LimitedServer } from "./limited-server.ts";
import type { ServerFacts } from "./scenarios.ts";
import { seededRandom } from "./seeded-random.ts";
import { Timeline } from "./timeline.ts";

/** What the clients of a fleet do when they are throttled. Every one retries; these come on top. */
export interface Strategy {
  readonly title: string;
  readonly budget: boolean;
  readonly limiter: boolean;
  /** Whether a retry pauses before it queues: full jitter over 1 s · 2^n, at most 20 s. */
  readonly backoff: boolean;
}

export const strategies: readonly Strategy[] = [
  { title: "retry alone", budget: false, limiter: false, backoff: true },
  { title: "retry + budget", budget: true, limiter: false, backoff: true },
  { title: "retry + limiter", budget: false, limiter: true, backoff: true },
  { title: "retry at once + limiter", budget: false, limiter: true, backoff: false },
  { title: "retry + budget + limiter", budget: true, limiter: true, backoff: true },
];

export interface FleetOptions {
  readonly clients: number;
  readonly strategy: Strategy;
  readonly seed: number;
}

/** Calls a second that the whole fleet has to make, whatever happens. */
export const offeredPerSecond = 800;
/** When the limit falls, when it returns, and when calls stop coming, in milliseconds. */
export const fallsAt = 10_000;
export const returnsAt = 20_000;
export const endsAt = 60_000;
const normalPerSecond = 1_000;
const fallenPerSecond = 300;
const maxAttempts = 10;

const facts: ServerFacts = {
  limits: [
    { fromMs: 0, perSecond: normalPerSecond },
    { fromMs: fallsAt, perSecond: fallenPerSecond },
    { fromMs: returnsAt, perSecond: normalPerSecond },
  ],
  burst: normalPerSecond,
  latencyMs: 20,
};

/** What a fleet came to; one figure per second in the lists. */
export interface FleetOutcome {
  readonly clients: number;
  readonly strategy: string;
  readonly accepted: readonly number[];
  readonly throttled: readonly number[];
  /** Successes of all calls that came. */
  readonly succeeded: number;
  readonly rejectedPerSuccess: number;
  /** Most calls sent in a second, over what the clients have to do. */
  readonly amplification: number;
  /** From the return of the limit until fewer than one call in twenty is throttled, for good, in seconds. */
  readonly recoveredS: number;
  /** Time from the arrival of a call to its success. */
  readonly p99Ms: number;
}

/** Simulates a fleet of clients that share one limit; the same seed gives the same run. */
export function simulateFleet({ clients, strategy, seed }: FleetOptions): FleetOutcome {
  const timeline = new Timeline();
  const random = seededRandom(seed);
  const server = new LimitedServer(facts, random);
  const seconds = Math.ceil(endsAt / 1_000) + 60;
  const world: World = {
    timeline,
    random,
    server,
    accepted: new Array<number>(seconds).fill(0),
    throttled: new Array<number>(seconds).fill(0),
    durations: [],
    failures: 0,
  };
  const fleet = Array.from({ length: clients }, () => new FleetClient(world, strategy));
  const arrive = () => {
    if (timeline.now >= endsAt) return;
    fleet[Math.floor(random() * clients)]!.call();
    timeline.at(timeline.now - Math.log(1 - random()) * (1_000 / offeredPerSecond), arrive);
  };
  arrive();
  timeline.runUntil(endsAt + 59_000);
  return outcomeOf(world, clients, strategy.title);
}

function outcomeOf(world: World, clients: number, strategy: string): FleetOutcome {
  const { accepted, throttled, durations, failures } = world;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const busy = accepted.slice(0, endsAt / 1_000).map((count, second) => count + throttled[second]!);
  const lastBad = throttled.findLastIndex(
    (count, second) => second < endsAt / 1_000 && count > (count + accepted[second]!) / 20,
  );
  return {
    clients,
    strategy,
    accepted,
    throttled,
    succeeded: durations.length / (durations.length + failures),
    rejectedPerSuccess: sum(throttled) / sum(accepted),
    amplification: Math.max(...busy) / offeredPerSecond,
    recoveredS: Math.max(0, lastBad + 1 - returnsAt / 1_000),
    p99Ms: durations.toSorted((one, other) => one - other)[Math.floor(durations.length * 0.99)] ?? Number.NaN,
  };
}

interface World {
  readonly timeline: Timeline;
  readonly random: () => number;
  readonly server: LimitedServer;
  readonly accepted: number[];
  readonly throttled: number[];
  readonly durations: number[];
  failures: number;
}

interface Call {
  readonly since: number;
  readonly account: BudgetAccount | undefined;
  attempt: number;
}

/** One client; where it has a limiter, its retries wait at the head of the queue. */
class FleetClient {
  readonly #world: World;
  readonly #learner: Learner | undefined;
  readonly #budget: RetryBudget | undefined;
  readonly #backoff: boolean;
  readonly #waiting: Call[] = [];
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(world: World, { budget, limiter, backoff }: Strategy) {
    this.#backoff = backoff;
    this.#world = world;
    this.#learner = limiter ? new Learner({ maxConcurrent: 1_000, random: world.random }) : undefined;
    this.#budget = budget ? retryBudget({ style: "tokens" }) : undefined;
  }

  call(): void {
    this.#wait({ since: this.#world.timeline.now, account: this.#budget?.open(undefined), attempt: 1 });
  }

  #wait(call: Call): void {
    if (this.#learner === undefined) {
      this.#send(call, 0);
      return;
    }
    const othersWait = this.#waiting.length > 0;
    if (call.attempt > 1) this.#waiting.unshift(call);
    else this.#waiting.push(call);
    this.#pump(this.#learner, othersWait);
  }

  #pump(learner: Learner, waited: boolean): void {
    const { timeline } = this.#world;
    while (this.#waiting.length > 0) {
      const sparing = learner.holdsBack(laterAttempt);
      const number = learner.admit(timeline.now, waited, firstAttempt);
      if (number === 0) break;
      this.#send((sparing ? this.#waiting.pop() : this.#waiting.shift())!, number);
    }
    const readyInMs =
      this.#waiting.length === 0 ? Number.POSITIVE_INFINITY : learner.readyInMs(timeline.now, firstAttempt);
    const at = timeline.now + Math.max(1, Math.ceil(readyInMs));
    if (readyInMs === Number.POSITIVE_INFINITY || (at >= this.#wakeAt && this.#wakeAt > timeline.now)) return;
    this.#wakeAt = at;
    timeline.at(at, () => {
      if (this.#wakeAt !== at) return;
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#pump(learner, true);
    });
  }

  #send(call: Call, number: number): void {
    const { timeline, server, random, accepted, throttled } = this.#world;
    const sentAt = timeline.now;
    const latencyMs = facts.latencyMs * (0.8 + 0.4 * random());
    timeline.at(sentAt + latencyMs / 2, () => {
      const answer = server.answer(timeline.now);
      const second = Math.floor(timeline.now / 1_000);
      (answer === "accepted" ? accepted : throttled)[second]! += 1;
      timeline.at(sentAt + latencyMs, () => this.#hear(answer === "accepted", call, number, sentAt));
    });
  }

  #hear(success: boolean, call: Call, number: number, sentAt: number): void {
    const { now } = this.#world.timeline;
    this.#learner?.end(success ? "answered" : "throttled", { number, at: sentAt }, now);
    if (success) {
      call.account?.succeed();
      call.account?.close();
      this.#world.durations.push(now - call.since);
    } else this.#retry(call);
    if (this.#learner !== undefined) this.#pump(this.#learner, true);
  }

  #retry(call: Call): void {
    const { timeline, random } = this.#world;
    if (call.attempt >= maxAttempts || call.account?.canPay(true) === false) {
      this.#world.failures += 1;
      call.account?.close();
      return;
    }
    call.account?.pay(true);
    const backoffMs = random() * Math.min(20_000, 1_000 * 2 ** (call.attempt - 1));
    call.attempt += 1;
    if (this.#backoff) timeline.at(timeline.now + backoffMs, () => this.#wait(call));
    else this.#wait(call);
  }
}
