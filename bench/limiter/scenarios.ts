/** A server's limit and behaviour, as plain data: it crosses to another process. */
export interface ServerFacts {
  /** Calls per second from each moment on, in milliseconds from the start. */
  readonly limits: readonly { readonly fromMs: number; readonly perSecond: number }[];
  /** Tokens the bucket holds. */
  readonly burst: number;
  /** Instead of a bucket: so many calls in each window of time. */
  readonly window?: { readonly calls: number; readonly ms: number } | undefined;
  readonly latencyMs: number;
  /** Latency added for `forMs` in every `everyMs`. */
  readonly spikes?: { readonly everyMs: number; readonly forMs: number; readonly addMs: number } | undefined;
  /** When every call fails with a 500. */
  readonly outage?: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** Share of calls that fail with a 500 whatever happens. */
  readonly failing?: number | undefined;
  /** Tokens of a call: `heavy` with probability `ratio`, else 1. */
  readonly cost?: { readonly heavy: number; readonly ratio: number } | undefined;
  /** Operations that have a bucket of their own and no limit. */
  readonly unlimited?: readonly string[] | undefined;
}

export interface Scenario {
  readonly title: string;
  readonly server: ServerFacts;
  readonly processes: number;
  readonly callsEach: number;
  readonly workersEach: number;
  /** Calls arrive at this rate whatever happens, instead of from workers. */
  readonly arrivalsPerSecond?: number | undefined;
  /** Half of the calls are of an operation that nothing throttles. */
  readonly twoOperations?: boolean | undefined;
  /** Not used to choose any constant of the limiter. */
  readonly heldOut: boolean;
  /** The time it would take whoever knew the limit, in milliseconds. */
  readonly idealMs: number;
  readonly goals: Goals;
}

/** Upper bounds, unless named `at least`. */
export interface Goals {
  readonly wall?: number;
  readonly rejected?: number;
  /** p99 over what Little's law allows: workers / rate. */
  readonly p99?: number;
  readonly share?: number;
  readonly backMs?: number;
  readonly sentIntoOutage?: number;
  readonly firstSuccessMs?: number;
  readonly usedAtLeast?: number;
  /** Longest call of the operation that nothing throttles, in milliseconds. */
  readonly otherP99Ms?: number;
}

const steady = (perSecond: number) => [{ fromMs: 0, perSecond }];
const one = { processes: 1, workersEach: 64 };
const outage = { fromMs: 10_000, toMs: 20_000 };

export const scenarios: Readonly<Record<string, Scenario>> = {
  smoke: {
    title: "smoke: 200/s, burst 50, 5 ms latency; 400 calls, 64 at once",
    server: { limits: steady(200), burst: 50, latencyMs: 5 },
    ...one,
    callsEach: 400,
    heldOut: false,
    idealMs: 1_750,
    goals: { wall: 1.03 },
  },
  base: {
    title: "200/s, burst 50, 5 ms latency; 2,000 calls, 64 at once",
    server: { limits: steady(200), burst: 50, latencyMs: 5 },
    ...one,
    callsEach: 2_000,
    heldOut: false,
    idealMs: 9_750,
    goals: { wall: 1.03, rejected: 0.03, p99: 1.1 },
  },
  change: {
    title: "the limit falls from 200/s to 50/s at 3 s and returns at 13 s",
    server: {
      limits: [...steady(200), { fromMs: 3_000, perSecond: 50 }, { fromMs: 13_000, perSecond: 200 }],
      burst: 50,
      latencyMs: 5,
    },
    ...one,
    callsEach: 2_000,
    heldOut: false,
    idealMs: 17_250,
    goals: { wall: 1.05, rejected: 0.05, backMs: 2_000 },
  },
  two: {
    title: "two processes of 2,000 calls each share 200/s",
    server: { limits: steady(200), burst: 50, latencyMs: 5 },
    processes: 2,
    workersEach: 64,
    callsEach: 2_000,
    heldOut: false,
    idealMs: 19_750,
    goals: { wall: 1.04, share: 1.2 },
  },
  "800": {
    title: "800/s, burst 200, 30 ms latency; 6,000 calls",
    server: { limits: steady(800), burst: 200, latencyMs: 30 },
    ...one,
    callsEach: 6_000,
    heldOut: false,
    idealMs: 7_250,
    goals: { wall: 1.05 },
  },
  "20": {
    title: "20/s, burst 10, 30 ms latency; 300 calls",
    server: { limits: steady(20), burst: 10, latencyMs: 30 },
    ...one,
    callsEach: 300,
    heldOut: false,
    idealMs: 14_500,
    goals: { wall: 1.05, rejected: 0.25 },
  },
  "outage-closed": {
    title: "an outage from 10 s to 20 s; workers that wait (closed loop)",
    server: { limits: steady(200), burst: 50, latencyMs: 5, outage },
    ...one,
    callsEach: 4_100,
    heldOut: false,
    idealMs: 30_000,
    goals: { sentIntoOutage: 20, firstSuccessMs: 1_000, usedAtLeast: 0.9 },
  },
  "outage-open": {
    title: "an outage from 10 s to 20 s; 100 new calls a second whatever happens (open loop)",
    server: { limits: steady(200), burst: 50, latencyMs: 5, outage },
    ...one,
    callsEach: 3_000,
    arrivalsPerSecond: 100,
    heldOut: false,
    idealMs: 30_000,
    goals: { sentIntoOutage: 20, firstSuccessMs: 1_000, usedAtLeast: 0.9 },
  },
  "35": {
    title: "35/s, burst 20, 20 ms latency; 400 calls",
    server: { limits: steady(35), burst: 20, latencyMs: 20 },
    ...one,
    callsEach: 400,
    heldOut: true,
    idealMs: (380 / 35) * 1_000,
    goals: { wall: 1.05, rejected: 0.25 },
  },
  "3000": {
    title: "3,000/s, burst 600, 10 ms latency; 20,000 calls, 256 at once",
    server: { limits: steady(3_000), burst: 600, latencyMs: 10 },
    processes: 1,
    workersEach: 256,
    callsEach: 20_000,
    heldOut: true,
    idealMs: 19_400 / 3,
    goals: { wall: 1.05 },
  },
  window: {
    title: "200 calls in each second of the clock (fixed window), 5 ms latency; 2,000 calls",
    server: { limits: steady(200), burst: 200, window: { calls: 200, ms: 1_000 }, latencyMs: 5 },
    ...one,
    callsEach: 2_000,
    heldOut: true,
    idealMs: 9_900,
    goals: { wall: 1.1, rejected: 0.15 },
  },
  spikes: {
    title: "200/s, burst 50; latency 5 ms, 155 ms for 0.7 s in every 3 s; 2,000 calls",
    server: { limits: steady(200), burst: 50, latencyMs: 5, spikes: { everyMs: 3_000, forMs: 700, addMs: 150 } },
    ...one,
    callsEach: 2_000,
    heldOut: true,
    idealMs: 9_750,
    goals: { wall: 1.1, rejected: 0.1 },
  },
  operations: {
    title: "two operations: one limited to 20/s, the other unlimited and 5 ms; 200 calls of each, 32 workers on each",
    server: { limits: steady(20), burst: 10, latencyMs: 5, unlimited: ["Free"] },
    ...one,
    callsEach: 400,
    twoOperations: true,
    heldOut: true,
    idealMs: 9_500,
    goals: { wall: 1.05, otherP99Ms: 50 },
  },
  "500s": {
    title: "200/s, burst 50, and one call in ten fails with a 500; 2,000 calls",
    server: { limits: steady(200), burst: 50, latencyMs: 5, failing: 0.1 },
    ...one,
    callsEach: 2_000,
    heldOut: true,
    idealMs: 9_750,
    goals: { wall: 1.05, rejected: 0.05 },
  },
  cost: {
    title: "400 tokens a second, burst 100; a call costs 1, one in five 6; 2,000 calls",
    server: { limits: steady(400), burst: 100, latencyMs: 5, cost: { heavy: 6, ratio: 0.2 } },
    ...one,
    callsEach: 2_000,
    heldOut: true,
    idealMs: 3_900 / 0.4,
    goals: { wall: 1.1, rejected: 0.1 },
  },
  eight: {
    title: "eight processes of 500 calls each, 16 at once in each, share 200/s",
    server: { limits: steady(200), burst: 50, latencyMs: 5 },
    processes: 8,
    workersEach: 16,
    callsEach: 500,
    heldOut: false,
    idealMs: 19_750,
    goals: { wall: 1.1, rejected: 0.3, share: 2 },
  },
};
