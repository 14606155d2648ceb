import { firstAttempt, Learner, laterAttempt } from "../../packages/limiter/src/learner/learner.ts";
import type { ClientReport } from "./client-process.ts";
import { LimitedServer } from "./limited-server.ts";
import type { Scenario } from "./scenarios.ts";
import { seededRandom } from "./seeded-random.ts";
import type { ServerLog } from "./server-process.ts";
import { Timeline } from "./timeline.ts";

interface Call {
  readonly since: number;
}

/**
 * Runs learners against a limited server in virtual time: a minute of traffic in some milliseconds, the same for
 * the same seed. Wire, timers and event loop are replaced by a jitter of a fifth of the latency and timers that fire
 * on the millisecond after. Of two operations, only the limited one is simulated.
 */
export function simulate(
  scenario: Scenario,
  seed: number,
  MadeLearner: typeof Learner = Learner,
): { readonly reports: readonly ClientReport[]; readonly log: ServerLog } {
  const random = seededRandom(seed);
  const timeline = new Timeline();
  const server = new LimitedServer(scenario.server, random);
  const log = { accepted: [] as [number, string][], askedAt: [] as number[], throttled: 0, failed: 0 };
  const clients = Array.from(
    { length: scenario.processes },
    (_, index) => new Client(String(index), scenario, { timeline, server, log, random }, MadeLearner),
  );
  for (const client of clients) timeline.at(random() * 20, () => client.start());
  timeline.runUntil(600_000);
  return { reports: clients.map((client) => client.report()), log };
}

interface World {
  readonly timeline: Timeline;
  readonly server: LimitedServer;
  readonly log: { accepted: [number, string][]; askedAt: number[]; throttled: number; failed: number };
  readonly random: () => number;
}

/** One process: a learner, the calls that wait for it, retries first, and one timer. */
class Client {
  readonly #name: string;
  readonly #scenario: Scenario;
  readonly #world: World;
  readonly #learner: Learner;
  readonly #fresh: Call[] = [];
  readonly #again: Call[] = [];
  readonly #durations: number[] = [];
  #begun = 0;
  #wakeAt = Number.POSITIVE_INFINITY;
  #endedAt = 0;

  constructor(name: string, scenario: Scenario, world: World, MadeLearner: typeof Learner) {
    this.#name = name;
    this.#scenario = scenario;
    this.#world = world;
    this.#learner = new MadeLearner({ maxConcurrent: 1_000, random: world.random });
  }

  start(): void {
    const { arrivalsPerSecond, callsEach, workersEach } = this.#scenario;
    const { timeline } = this.#world;
    if (arrivalsPerSecond === undefined) {
      for (let worker = 0; worker < workersEach; worker += 1) this.#begin();
    } else {
      for (let call = 0; call < callsEach; call += 1) {
        timeline.at(timeline.now + (call * 1_000) / arrivalsPerSecond, () => this.#begin());
      }
    }
  }

  report(): ClientReport {
    const failures = this.#scenario.callsEach - this.#durations.length;
    return { wallMs: this.#endedAt, failures, durations: this.#durations, otherDurations: [] };
  }

  #begin(): void {
    if (this.#begun >= this.#scenario.callsEach) return;
    this.#begun += 1;
    const othersWait = this.#fresh.length + this.#again.length > 0;
    this.#fresh.push({ since: this.#world.timeline.now });
    this.#pump(othersWait);
  }

  #pump(waited: boolean): void {
    const { timeline, random } = this.#world;
    while (this.#fresh.length + this.#again.length > 0) {
      const sparing = this.#learner.holdsBack(laterAttempt);
      const [first, second] = sparing ? [this.#fresh, this.#again] : [this.#again, this.#fresh];
      const number = this.#learner.admit(timeline.now, waited, firstAttempt);
      if (number === 0) break;
      this.#send((first.shift() ?? second.shift())!, number);
    }
    if (this.#fresh.length + this.#again.length === 0) return;
    const readyInMs = this.#learner.readyInMs(timeline.now, firstAttempt);
    if (readyInMs === Number.POSITIVE_INFINITY) return;
    const at = timeline.now + Math.max(1, Math.ceil(readyInMs)) + random() * 0.3;
    if (at >= this.#wakeAt && this.#wakeAt > timeline.now) return;
    this.#wakeAt = at;
    timeline.at(at, () => {
      if (this.#wakeAt !== at) return;
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#pump(true);
    });
  }

  #send(call: Call, number: number): void {
    const { timeline, server, random, log } = this.#world;
    const sentAt = timeline.now;
    const latencyMs = server.latencyMs(sentAt) * (0.8 + 0.4 * random());
    timeline.at(sentAt + latencyMs / 2, () => {
      const now = timeline.now;
      const answer = server.answer(now);
      log.askedAt.push(now);
      if (answer === "accepted") log.accepted.push([now, this.#name]);
      else log[answer] += 1;
      timeline.at(sentAt + latencyMs, () => this.#hear(answer, call, number, sentAt));
    });
  }

  #hear(answer: "accepted" | "throttled" | "failed", call: Call, number: number, sentAt: number): void {
    const { now } = this.#world.timeline;
    this.#learner.end(answer === "accepted" ? "answered" : answer, { number, at: sentAt }, now);
    if (answer !== "accepted") this.#again.push(call);
    else {
      this.#durations.push(now - call.since);
      this.#endedAt = now;
      if (this.#scenario.arrivalsPerSecond === undefined) this.#begin();
    }
    this.#pump(true);
  }
}
