import { CircuitOpenError, compose } from "@holdfast/errors";
import { CallContext, type CallDetails } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { handleAll, type IPolicy, retry, wrap } from "cockatiel";
import { describe, expect, test, vi } from "vitest";
import { type AdaptiveLimiterOptions, adaptiveLimiter } from "./adaptive-limiter.ts";
import { awsScope } from "./aws-scope.ts";
import type { RateChangeEvent } from "./index.ts";

class ServiceError extends Error {
  readonly $fault: "client" | "server";
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(name: string, httpStatusCode: number) {
    super(name);
    this.name = name;
    this.$fault = httpStatusCode >= 500 ? "server" : "client";
    this.$metadata = { httpStatusCode };
  }
}

const throttled = () => new ServiceError("ThrottlingException", 400);
const unavailable = () => new ServiceError("ServiceUnavailableException", 503);
const invalid = () => new ServiceError("ValidationException", 400);

/** A limiter whose calls answer as the test says, `latencyMs` after they were sent. */
function limited(options: AdaptiveLimiterOptions = {}, latencyMs = 10) {
  const clock = manualClock();
  const limiter = adaptiveLimiter({ clock, random: () => 0, ...options });
  const sent: [name: string, at: number][] = [];
  let answer: () => Error | undefined = () => undefined;
  const run = (name: string, { attempt = 1, ...call }: CallDetails & { readonly attempt?: number } = {}) =>
    limiter.executeWithin(
      CallContext.root({ call: Object.keys(call).length === 0 ? undefined : call }).withAttempt(attempt),
      () =>
        new Promise<string>((resolve, reject) => {
          sent.push([name, clock.monotonic()]);
          const error = answer();
          clock.setTimeout(() => (error === undefined ? resolve(name) : reject(error)), latencyMs);
        }),
    );
  return { clock, limiter, sent, run, answerWith: (next: () => Error | undefined) => (answer = next) };
}

/** Many calls of which none is waited for. */
function runMany(run: (name: string) => Promise<unknown>, count: number): void {
  for (let index = 0; index < count; index += 1) run(`call ${index}`).catch(() => {});
}

/** The same, after the limiter has learnt a rate from a server that lets `perMs` calls through. */
async function afterLearning(options: AdaptiveLimiterOptions = {}) {
  const setup = limited(options);
  let tokens = 20;
  let at = 0;
  setup.answerWith(() => {
    const now = setup.clock.monotonic();
    tokens = Math.min(20, tokens + (now - at) / 10);
    at = now;
    if (tokens < 1) return throttled();
    tokens -= 1;
    return undefined;
  });
  runMany(setup.run, 150);
  await setup.clock.advance(5_000);
  return setup;
}

test("sends a call at once while nothing is known", async () => {
  const limiter = adaptiveLimiter();
  await expect(limiter.execute((context) => context.attempt)).resolves.toBe(1);
  expect(limiter.snapshot()).toEqual({
    perSecond: undefined,
    inFlight: 0,
    waiting: 0,
    longestWaitMs: 0,
    scopes: { "": { perSecond: undefined, inFlight: 0, waiting: 0, longestWaitMs: 0 } },
  });
});

test("passes the call's own error through, and tells of it", async () => {
  const limiter = adaptiveLimiter();
  const [failure, success] = [vi.fn(), vi.fn()];
  limiter.onFailure(failure);
  limiter.onSuccess(success);
  const error = throttled();
  await expect(limiter.execute(() => Promise.reject(error))).rejects.toBe(error);
  expect(failure.mock.calls).toMatchObject([[{ reason: { error }, handled: true }]]);
  await expect(limiter.execute(() => Promise.reject(invalid()))).rejects.toThrow("ValidationException");
  expect(failure.mock.lastCall).toMatchObject([{ handled: false }]);
  await limiter.execute(() => "value");
  expect(success).toHaveBeenCalledTimes(1);
});

test("a function that throws instead of rejecting leaves nothing behind", async () => {
  const limiter = adaptiveLimiter();
  const error = new TypeError("a bug");
  const broken = () => {
    throw error;
  };
  await expect(limiter.execute(broken)).rejects.toBe(error);
  expect(limiter.snapshot().inFlight).toBe(0);
});

test("sends few calls at first, and more as they are answered", async () => {
  const { clock, limiter, sent, run } = limited();
  runMany(run, 100);
  await clock.advance(0);
  expect(sent).toHaveLength(8);
  expect(limiter.snapshot()).toMatchObject({ inFlight: 8, waiting: 92 });
  await clock.advance(10);
  expect(sent.length).toBeGreaterThan(16);
  await clock.advance(90);
  expect(sent).toHaveLength(100);
});

describe("once it has learnt a rate", () => {
  test("paces calls at about that rate, and says so", async () => {
    const { clock, limiter, sent, run } = await afterLearning();
    expect(limiter.snapshot().perSecond).toBeGreaterThan(80);
    expect(limiter.snapshot().perSecond).toBeLessThan(130);
    await clock.advance(10_000);
    sent.length = 0;
    runMany(run, 40);
    await clock.advance(200);
    expect(sent.length).toBeGreaterThan(17);
    expect(sent.length).toBeLessThan(35);
    expect(limiter.snapshot().waiting).toBe(40 - sent.length);
    expect(limiter.snapshot().longestWaitMs).toBe(200);
  });

  test("sends retries before first attempts that came before them", async () => {
    const { clock, sent, run } = await afterLearning();
    runMany(run, 20);
    await clock.advance(50);
    sent.length = 0;
    run("again", { attempt: 2 }).catch(() => {});
    await clock.advance(50);
    expect(sent[0]![0]).toBe("again");
  });

  test("thousands of calls that wait share one timer, and one that is given up is gone at once", async () => {
    const { clock, limiter } = await afterLearning();
    const before = clock.pending;
    const controllers = Array.from({ length: 5_000 }, () => new AbortController());
    const results = controllers.map(({ signal }) => limiter.execute(() => "value", signal));
    const settled = Promise.allSettled(results);
    const { waiting } = limiter.snapshot();
    expect(waiting).toBeGreaterThan(4_900);
    expect(clock.pending).toBe(before + 1);
    controllers[2_500]!.abort(new Error("given up"));
    await expect(results[2_500]).rejects.toThrow("given up");
    expect(limiter.snapshot().waiting).toBe(waiting - 1);
    for (const controller of controllers) controller.abort(new Error("all given up"));
    expect(limiter.snapshot().waiting).toBe(0);
    expect(clock.pending).toBe(before);
    await settled;
  });

  test("an uncontended call neither waits nor teaches it to go faster", async () => {
    const { clock, limiter, sent, run } = await afterLearning();
    const { perSecond } = limiter.snapshot();
    for (let index = 0; index < 50; index += 1) {
      sent.length = 0;
      const startedAt = clock.monotonic();
      run("alone").catch(() => {});
      expect(sent).toEqual([["alone", startedAt]]);
      await clock.advance(1_000);
    }
    expect(limiter.snapshot().perSecond).toBe(perSecond);
  });
});

describe("what teaches it", () => {
  test.each([
    ["a refusal of the request", invalid],
    ["an open circuit", () => new CircuitOpenError({ circuit: "x", since: 0, retryAfterMs: 1 })],
    ["a bug of the caller", () => new TypeError("a bug")],
    ["an abort", () => new DOMException("given up", "AbortError")],
  ])("%s is neither a throttle nor an outage", async (_, error) => {
    const { clock, limiter, sent, run, answerWith } = limited();
    answerWith(error);
    runMany(run, 50);
    await clock.advance(200);
    expect(sent).toHaveLength(50);
    expect(limiter.snapshot()).toMatchObject({ perSecond: undefined, inFlight: 0 });
  });

  test("a call given up by a timeout around it is a failure of the server", async () => {
    const { clock, limiter } = limited();
    const hung = () => new Promise<never>(() => {});
    const timeout = Object.assign(new Error("The call took more than 50 ms"), { name: "TimeoutError" });
    for (let index = 0; index < 3; index += 1) {
      const context = CallContext.root().cancellable();
      const failing = limiter.executeWithin(
        context,
        () => new Promise((_, reject) => context.onAbort(() => reject(new Error("socket closed")))),
      );
      context.cancel(timeout);
      await expect(failing).rejects.toThrow("socket closed");
    }
    const sent = vi.fn(hung);
    void limiter.execute(sent);
    await clock.advance(99);
    expect(sent).not.toHaveBeenCalled(); // three failures in a row: the gate is closed
    await clock.advance(1);
    expect(sent).toHaveBeenCalledTimes(1);
  });
});

describe("an outage", () => {
  test("is met with one probe at a time, after pauses that grow, and ends when a probe is answered", async () => {
    const { clock, limiter, sent, run, answerWith } = limited({}, 0);
    answerWith(unavailable);
    const worker = async (name: string): Promise<string> => {
      for (let attempt = 1; ; attempt += 1) {
        const result = await run(name, { attempt }).catch(() => undefined);
        if (result !== undefined) return result;
      }
    };
    const workers = ["a", "b", "c", "d", "e"].map(worker);
    await clock.advance(3_000);
    const atOnce = [0, 0, 0, 0, 0, 0, 0]; // five, and the retries of the first two, sent before the third failed
    expect(sent.map(([, at]) => at)).toEqual([...atOnce, 100, 300, 700, 1_500, 2_450]);
    expect(limiter.snapshot()).toMatchObject({ inFlight: 0, waiting: 5, perSecond: undefined });
    answerWith(() => undefined);
    await clock.advance(950);
    expect(sent.slice(12)).toHaveLength(5);
    await expect(Promise.all(workers)).resolves.toEqual(["a", "b", "c", "d", "e"]);
    expect(clock.pending).toBe(0);
  });

  test("costs no call more than its share of probes: those least tried go first, then in turn", async () => {
    const { clock, run, answerWith } = limited({}, 0);
    answerWith(unavailable);
    const attempts = new Map<string, number>();
    const worker = async (name: string) => {
      for (let attempt = 1; attempts.size >= 0; attempt += 1) {
        attempts.set(name, attempt - 1);
        await run(name, { attempt }).catch(() => {});
      }
    };
    for (let index = 0; index < 20; index += 1) void worker(`call ${index}`);
    await clock.advance(10_000);
    expect(Math.max(...attempts.values())).toBeLessThanOrEqual(2);
  });

  test("that is over in one scope is looked at again in the others at once", async () => {
    const { clock, sent, run, answerWith } = limited({ scope: (call) => call?.operation ?? "" }, 0);
    answerWith(unavailable);
    for (const operation of ["Get", "Get", "Get", "Put", "Put", "Put"]) run("before", { operation }).catch(() => {});
    await clock.advance(50);
    for (const operation of ["Put", "Put"]) run("probe", { operation }).catch(() => {});
    await clock.advance(100); // the first probe of Put failed at 100 ms: its next would go at 300
    answerWith(() => undefined);
    sent.length = 0;
    void run("get", { operation: "Get" });
    await clock.advance(1);
    expect(sent.map(([name]) => name)).toEqual(["get", "probe"]);
  });

  describe("and a circuit breaker around, whose probe says so", () => {
    const asProbe: { readonly signal?: AbortSignal; readonly circuitProbe: true } = { circuitProbe: true };

    test("sends that probe at once, whoever waits and however long its own would", async () => {
      const { clock, limiter, sent, run, answerWith } = limited({}, 0);
      answerWith(unavailable);
      runMany(run, 3);
      await clock.advance(50);
      for (const name of ["waits", "waits too"]) void run(name);
      const probing = vi.fn(() => Promise.reject(unavailable()));
      const probe = () => limiter.executeWithin(CallContext.root().adopt(asProbe), probing).catch(() => {});
      sent.length = 0;
      await probe();
      expect(probing).toHaveBeenCalledTimes(1);
      await clock.advance(179); // it failed, so the limiter's own is due 200 ms later, at least 180
      expect(sent).toEqual([]);
      answerWith(() => undefined);
      probing.mockImplementation(() => Promise.resolve() as never);
      await probe();
      await clock.advance(0);
      expect(sent.map(([name]) => name)).toEqual(["waits", "waits too"]); // the outage is over
    });

    test("sends that probe though calls that hang take every place", async () => {
      const { clock, limiter, run, answerWith } = limited({ maxConcurrent: 4 }, 0);
      const hang = () => void limiter.execute(() => new Promise<never>(() => {}));
      for (const _ of [1, 2, 3]) hang();
      answerWith(unavailable);
      for (const _ of [1, 2, 3]) await Promise.all([run("fails").catch(() => {}), clock.advance(0)]);
      hang();
      await clock.advance(100); // the limiter's own probe
      expect(limiter.snapshot().inFlight).toBe(4);
      const probe = limiter.executeWithin(CallContext.root().adopt(asProbe), () => "sent");
      await expect(probe).resolves.toBe("sent");
    });

    test("sends several at the rate it knew, and that rate is not changed", async () => {
      const { clock, limiter, sent, run, answerWith } = await afterLearning();
      answerWith(unavailable);
      runMany(run, 30);
      await clock.advance(300);
      const { perSecond } = limiter.snapshot();
      sent.length = 0;
      const startedAt = clock.monotonic();
      const sentAt: number[] = [];
      const probe = () =>
        limiter.executeWithin(CallContext.root().adopt(asProbe), () => {
          sentAt.push(clock.monotonic() - startedAt);
          return new Promise<never>((_, reject) => clock.setTimeout(() => reject(unavailable()), 10));
        });
      for (let index = 0; index < 12; index += 1) probe().catch(() => {});
      await clock.advance(1_000);
      expect(sentAt[0]).toBe(0);
      expect(sentAt).toHaveLength(12);
      expect(sentAt.at(-1)! - sentAt[7]!).toBeGreaterThan(30); // what it had saved up is gone: about 100 a second
      expect(limiter.snapshot().perSecond).toBe(perSecond);
    });
  });

  test("a probe that is never answered does not hold the others for ever", async () => {
    const { clock, limiter, run, answerWith } = limited({}, 0);
    answerWith(unavailable);
    runMany(run, 3);
    await clock.advance(99);
    const hung = vi.fn(() => new Promise<never>(() => {}));
    void limiter.execute(hung);
    await clock.advance(1);
    expect(hung).toHaveBeenCalledTimes(1);
    answerWith(() => undefined);
    const next = run("next");
    await clock.advance(9_999);
    expect(limiter.snapshot().waiting).toBe(1);
    await clock.advance(20);
    await expect(next).resolves.toBe("next");
  });

  test("a probe that was given up before it was sent lets another go", async () => {
    const { clock, limiter, run, answerWith } = limited({}, 0);
    answerWith(unavailable);
    runMany(run, 3);
    await clock.advance(0);
    const controller = new AbortController();
    limiter.onAdmit(() => {}); // an event costs the admitted call nothing
    const given = limiter.execute(() => Promise.reject(controller.signal.reason), controller.signal);
    const next = run("next");
    answerWith(() => undefined);
    await clock.advance(99);
    controller.abort(new DOMException("given up", "AbortError"));
    await expect(given).rejects.toThrow("given up");
    await clock.advance(1);
    await expect(next).resolves.toBe("next");
  });
});

describe("waiting", () => {
  test("is refused where the queue is full, and ended where it takes too long", async () => {
    const { clock, limiter, run } = limited(
      { name: "writes", scope: "writes", maxConcurrent: 1, maxQueued: 2, maxWaitMs: 30 },
      100,
    );
    const rejected = vi.fn();
    limiter.onReject(rejected);
    const [put, get] = [{ operation: "PutSecretValue" }, { operation: "GetSecretValue" }];
    void run("a");
    const late = run("b", put);
    const alsoLate = run("c", get);
    await expect(run("d", get)).rejects.toMatchObject({ limiter: "writes", reason: "queue-full", waiting: 2 });
    const both = Promise.allSettled([late, alsoLate]);
    await clock.advance(30);
    for (const result of await both) {
      expect(result).toMatchObject({ reason: { code: "ERR_LIMIT_REACHED", reason: "waited-too-long", waitedMs: 30 } });
    }
    expect(rejected.mock.calls.flat()).toEqual([
      { reason: "queue-full", call: get },
      { reason: "waited-too-long", call: put },
      { reason: "waited-too-long", call: get },
    ]);
  });

  test("ends at the caller's deadline", async () => {
    const { clock, limiter, run } = limited({ maxConcurrent: 1 }, 100);
    void run("a");
    const late = limiter.executeWithin(CallContext.root({ deadline: clock.now() + 50 }), () => "never");
    const refused = expect(late).rejects.toMatchObject({ reason: "deadline", waitedMs: 50 });
    await clock.advance(50);
    await refused;
  });

  test("ends with the reason of an abort, before a call is made", async () => {
    const { clock, limiter, run } = limited({ maxConcurrent: 1 }, 100);
    void run("a");
    const controller = new AbortController();
    const call = vi.fn();
    const waiting = limiter.execute(call, controller.signal);
    controller.abort(new Error("given up"));
    await expect(waiting).rejects.toThrow("given up");
    await clock.advance(200);
    expect(call).not.toHaveBeenCalled();
    await expect(limiter.execute(call, AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
    expect(call).not.toHaveBeenCalled();
  });
});

describe("scopes", () => {
  const call = (operation: string, region = "eu-west-1") => ({
    service: "SecretsManager",
    operation,
    region,
    accountId: "111122223333",
  });

  test("are account, region and API group: writes of one quota share a learner, other calls have their own", async () => {
    const { clock, limiter, run } = limited();
    for (const operation of ["PutSecretValue", "UpdateSecret", "GetSecretValue"]) void run(operation, call(operation));
    void run("elsewhere", call("PutSecretValue", "us-east-1"));
    await clock.advance(10);
    expect(Object.keys(limiter.snapshot().scopes)).toEqual([
      "111122223333/eu-west-1/SecretsManager/secret writes",
      "111122223333/eu-west-1/SecretsManager/GetSecretValue",
      "111122223333/us-east-1/SecretsManager/secret writes",
    ]);
  });

  test("tell callers apart while their account is not known, and write a dash for what is not known at all", () => {
    const { accountId: _, ...unknown } = call("GetSecretValue");
    expect(awsScope({ ...unknown, identity: "caller-1" })).toBe("caller-1/eu-west-1/SecretsManager/GetSecretValue");
    expect(awsScope({ ...call("GetSecretValue"), identity: "caller-1" })).toBe(awsScope(call("GetSecretValue")));
    expect(awsScope(unknown)).toBe("-/eu-west-1/SecretsManager/GetSecretValue");
    expect(awsScope({})).toBe("-/-/-/-");
  });

  test("can be one for all, or the caller's own", async () => {
    const { clock, limiter, run } = limited({ scope: "all" });
    void run("a", call("PutSecretValue"));
    void run("b", call("GetSecretValue"));
    await clock.advance(10);
    expect(Object.keys(limiter.snapshot().scopes)).toEqual(["all"]);
    const byRegion = limited({ scope: (details) => details?.region ?? "none" });
    void byRegion.run("a", call("PutSecretValue", "us-east-1"));
    expect(Object.keys(byRegion.limiter.snapshot().scopes)).toEqual(["us-east-1"]);
  });

  test("beyond maxScopes the one used longest ago is dropped, unless it is in use", async () => {
    const { clock, limiter, run } = limited({ maxScopes: 2, scope: (details) => details?.operation ?? "" });
    const dropped = vi.fn();
    limiter.onEvict(dropped);
    void run("a", { operation: "A" });
    await clock.advance(10);
    void run("b", { operation: "B" }); // in flight
    void run("c", { operation: "C" });
    expect(dropped.mock.calls).toEqual([[{ scope: "A" }]]);
    void run("d", { operation: "D" });
    expect(Object.keys(limiter.snapshot().scopes)).toEqual(["B", "C", "D"]);
    await clock.advance(10);
    void run("e", { operation: "E" });
    expect(Object.keys(limiter.snapshot().scopes)).toEqual(["C", "D", "E"]);
  });
});

describe("events", () => {
  test("tell of throttles, of the rate, and of how long calls waited", async () => {
    const { clock, limiter, run, answerWith } = limited();
    const [throttles, rates, waits] = [vi.fn(), [] as RateChangeEvent[], [] as number[]];
    limiter.onThrottle(throttles);
    limiter.onRateChange((event) => rates.push(event));
    limiter.onAdmit(({ waitedMs }) => waits.push(waitedMs));
    let calls = 0;
    answerWith(() => (++calls % 12 === 0 && calls < 60 ? throttled() : undefined));
    runMany((name) => run(name, { service: "S", operation: "O" }), 200);
    await clock.advance(3_000);
    expect(throttles.mock.calls[0]).toEqual([
      { scope: "-/-/S/O", perSecond: undefined, call: { service: "S", operation: "O" } },
    ]);
    expect(throttles.mock.lastCall![0].perSecond).toBeGreaterThan(0);
    expect(rates[0]).toMatchObject({ scope: "-/-/S/O", reason: "learnt" });
    expect(new Set(rates.map(({ reason }) => reason))).toEqual(new Set(["learnt", "throttled", "grown"]));
    expect(waits.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 0));
    expect(Math.max(...waits)).toBeGreaterThan(10);
  });

  test("a listener that throws breaks no call", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const limiter = adaptiveLimiter();
    limiter.onAdmit(() => {
      throw new Error("a bad listener");
    });
    await expect(limiter.execute(() => "value")).resolves.toBe("value");
    expect(limiter.snapshot().inFlight).toBe(0);
    warn.mockRestore();
  });
});

test("keeps a call's own error, and its place, when the classifier given throws", async () => {
  const clock = manualClock();
  const classify = () => {
    throw new Error("a bad classifier");
  };
  const limiter = adaptiveLimiter({ clock, classify });
  const throttles = vi.fn();
  limiter.onThrottle(throttles);
  const error = throttled();
  await expect(limiter.execute(() => Promise.reject(error))).rejects.toBe(error);
  expect(limiter.snapshot().inFlight).toBe(0);
  expect(throttles).toHaveBeenCalledOnce();
});

test("goes inside cockatiel's wrap and around it, and inside compose", async () => {
  const again = retry(handleAll, { maxAttempts: 1 });
  const ours = (): IPolicy => adaptiveLimiter();
  const operation = vi.fn().mockRejectedValueOnce(new Error("once")).mockResolvedValue("value");
  await expect(wrap(again, ours()).execute(operation)).resolves.toBe("value");
  await expect(wrap(ours(), again).execute(() => "value")).resolves.toBe("value");
  await expect(compose(again, adaptiveLimiter()).execute(() => "value")).resolves.toBe("value");
  await expect(compose(adaptiveLimiter(), again).execute(() => "value")).resolves.toBe("value");
});

test.each([
  [{ maxConcurrent: 0 }, "Expected `maxConcurrent` to be an integer ≥ 1, got 0"],
  [{ maxQueued: 1.5 }, "Expected `maxQueued` to be an integer ≥ 0, got 1.5"],
  [{ maxWaitMs: -1 }, "Expected `maxWaitMs`"],
  [{ maxScopes: 0 }, "Expected `maxScopes` to be an integer ≥ 1, got 0"],
  [{ scope: 5 as never }, "Expected `scope` to be a function, got 5"],
  [{ classify: "x" as never }, "Expected `classify` to be a function"],
  [{ perSecond: 5 } as never, "Expected `perSecond` to be left out: the options of adaptiveLimiter() are name, scope,"],
  [null as never, "Expected `options` to be an object with the options of adaptiveLimiter(), got null"],
])("says at construction what is wrong with %o", (options, message) => {
  expect(() => adaptiveLimiter(options)).toThrow(message);
});
