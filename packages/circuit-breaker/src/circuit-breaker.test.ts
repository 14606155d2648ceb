import { CircuitOpenError, classify } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { ConsecutiveBreaker, ConstantBackoff, handleWhen, handleWhenResult } from "cockatiel";
import { describe, expect, test, vi } from "vitest";
import { type CircuitBreakerOptions, circuitBreaker, type StateChangeEvent } from "./index.ts";

const unavailable = (): Error => awsError("ServiceUnavailable", 503, "server");
const throttled = (): Error => awsError("ThrottlingException", 400, "client");
const notFound = (): Error => awsError("ResourceNotFoundException", 400, "client");

function awsError(name: string, httpStatusCode: number, $fault: "client" | "server"): Error {
  return Object.assign(new Error(name), { name, $fault, $metadata: { httpStatusCode } });
}

function withClock(options: CircuitBreakerOptions = {}) {
  const clock = manualClock();
  return { clock, circuit: circuitBreaker({ name: "orders", clock, openMs: 1_000, ...options }) };
}

type Circuit = ReturnType<typeof circuitBreaker>;

const succeed = (circuit: Circuit) => circuit.execute(() => "value");
const fail = (circuit: Circuit, error: unknown = unavailable()) => {
  const failing = circuit.execute(() => Promise.reject(error));
  return failing.catch((reason: unknown) => reason);
};
const failTimes = async (circuit: Circuit, times: number) => {
  for (let call = 0; call < times; call++) await fail(circuit);
};

describe("opens by consecutive failures", () => {
  test("at the fifth by default, and not at the fourth", async () => {
    const { circuit } = withClock();
    await failTimes(circuit, 4);
    expect(circuit.state).toBe("closed");
    await fail(circuit);
    expect(circuit.state).toBe("open");
  });

  test("a success between them starts the count again", async () => {
    const { circuit } = withClock({ consecutiveFailures: 3 });
    await failTimes(circuit, 2);
    await succeed(circuit);
    await failTimes(circuit, 2);
    expect(circuit.state).toBe("closed");
  });

  test("three failures in 303 calls do not open it", async () => {
    const { circuit } = withClock({ consecutiveFailures: 3 });
    for (let call = 0; call < 303; call++) await (call % 101 === 50 ? fail(circuit) : succeed(circuit));
    expect(circuit.state).toBe("closed");
  });

  test("a function that throws at once counts like one that rejects", async () => {
    const { circuit } = withClock({ consecutiveFailures: 1 });
    const error = unavailable();
    const call = circuit.execute(() => {
      throw error;
    });
    await expect(call).rejects.toBe(error);
    expect(circuit.state).toBe("open");
  });
});

describe("opens by ratio", () => {
  test("over the last calls, once there are enough of them", async () => {
    const { circuit } = withClock({ failureRatio: 0.5, window: { calls: 10 }, minimumCalls: 4 });
    await fail(circuit);
    await succeed(circuit);
    await fail(circuit);
    expect(circuit.state).toBe("closed"); // 2 of 3, but 3 are too few
    await fail(circuit);
    expect(circuit.state).toBe("open");
  });

  test("only calls within the count window count", async () => {
    const { circuit } = withClock({ failureRatio: 0.5, window: { calls: 4 } });
    await failTimes(circuit, 1);
    for (let call = 0; call < 4; call++) await succeed(circuit);
    await fail(circuit);
    expect(circuit.health()).toMatchObject({ state: "closed", calls: 4, failures: 1, openings: 0 });
    await fail(circuit);
    expect(circuit.state).toBe("open");
  });

  test("over the last milliseconds: what is older has expired, even if no call came since", async () => {
    const { circuit, clock } = withClock({ failureRatio: 0.5, window: { ms: 10_000 }, minimumCalls: 5 });
    await failTimes(circuit, 4);
    await clock.advance(3_600_000);
    await fail(circuit);
    expect(circuit.health()).toMatchObject({ state: "closed", calls: 1, failures: 1 });
    await failTimes(circuit, 4);
    expect(circuit.state).toBe("open");
  });

  test("a ratio alone: no run of failures opens it before there are enough calls", async () => {
    const { circuit } = withClock({ failureRatio: 0.5 });
    await failTimes(circuit, 9);
    expect(circuit.state).toBe("closed");
    await fail(circuit);
    expect(circuit.state).toBe("open");
  });

  test("a success never opens it", async () => {
    const { circuit } = withClock({ failureRatio: 0.5, window: { calls: 10 }, minimumCalls: 5 });
    await failTimes(circuit, 4);
    await succeed(circuit);
    expect(circuit.state).toBe("closed"); // 4 of 5, but the service has just answered
    await fail(circuit);
    expect(circuit.state).toBe("open");
  });
});

describe("opens by slow calls", () => {
  test("by default half of the calls have to be slow", async () => {
    const { circuit, clock } = withClock({ slowCallMs: 100, window: { calls: 4 } });
    const take = async (ms: number) => {
      const call = circuit.execute(() => new Promise<void>((resolve) => clock.setTimeout(resolve, ms)));
      await clock.advance(ms);
      await call;
    };
    for (const ms of [1, 1, 1, 101]) await take(ms);
    expect(circuit.state).toBe("closed");
    await take(101);
    expect(circuit.state).toBe("open");
  });

  test("a call of slowCallMs is not slow, one a millisecond longer is", async () => {
    const { circuit, clock } = withClock({ slowCallMs: 100, slowCallRatio: 0.5, window: { calls: 2 } });
    const takes = async (ms: number) => {
      const call = circuit.execute(() => new Promise<void>((resolve) => clock.setTimeout(resolve, ms)));
      await clock.advance(ms);
      await call;
    };
    await takes(100);
    await takes(100);
    expect(circuit.health()).toMatchObject({ state: "closed", slowCalls: 0 });
    await takes(101);
    expect(circuit.state).toBe("open");
  });

  test("refusals of a circuit that slow calls opened have no cause", async () => {
    const { circuit, clock } = withClock({ slowCallMs: 1, window: { calls: 1 } });
    const call = circuit.execute(() => new Promise<void>((resolve) => clock.setTimeout(resolve, 2)));
    await clock.advance(2);
    await call;
    expect(await succeed(circuit).catch((error: unknown) => error)).not.toHaveProperty("cause");
  });
});

describe("what counts", () => {
  test.each<[string, unknown]>([
    ["throttling", throttled()],
    ["an answer that there is no such thing", notFound()],
    ["a mistake in the caller's own code", new TypeError("undefined is not a function")],
    ["an abort", new DOMException("left", "AbortError")],
    ["another circuit's refusal", new CircuitOpenError({ circuit: "other", since: 0, retryAfterMs: 1 })],
  ])("%s does not open it", async (_, error) => {
    const { circuit } = withClock({ consecutiveFailures: 1 });
    expect(await fail(circuit, error)).toBe(error);
    expect(circuit.state).toBe("closed");
  });

  test.each<[string, unknown]>([
    ["a fault of the service", unavailable()],
    ["a timeout", new DOMException("too long", "TimeoutError")],
    ["a lost connection", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })],
    ["an error nobody knows", new Error("boom")],
  ])("%s opens it", async (_, error) => {
    const { circuit } = withClock({ consecutiveFailures: 1 });
    await fail(circuit, error);
    expect(circuit.state).toBe("open");
  });

  test("throttling neither ends a run of failures nor adds to it; an answer ends it", async () => {
    const { circuit } = withClock({ consecutiveFailures: 2 });
    await fail(circuit);
    await fail(circuit, throttled());
    await fail(circuit);
    expect(circuit.state).toBe("open");
    const another = withClock({ consecutiveFailures: 2 }).circuit;
    await fail(another);
    await fail(another, notFound());
    await fail(another);
    expect(another.state).toBe("closed");
  });

  test("judge decides otherwise, and leaves the rest as it is", async () => {
    const { circuit } = withClock({
      consecutiveFailures: 1,
      judge: (_, { kind }) => (kind === "not-found" ? "failure" : undefined),
    });
    await fail(circuit, throttled());
    expect(circuit.state).toBe("closed");
    await fail(circuit, notFound());
    expect(circuit.state).toBe("open");
  });

  test("a returned value may count as a failure, and is returned all the same", async () => {
    const { circuit } = withClock({ consecutiveFailures: 1, isFailure: (value) => value === "degraded" });
    expect(await circuit.execute(() => "degraded")).toBe("degraded");
    expect(circuit.state).toBe("open");
  });

  test("a filter of cockatiel's says what is a failure", async () => {
    const filter = handleWhen((error) => error instanceof RangeError);
    const { circuit } = withClock({ consecutiveFailures: 1, filter });
    await fail(circuit, unavailable());
    expect(circuit.state).toBe("closed");
    await fail(circuit, new RangeError());
    expect(circuit.state).toBe("open");
  });

  test("and which returned values are", async () => {
    const filter = handleWhenResult((value) => value === "degraded");
    const { circuit } = withClock({ consecutiveFailures: 1, filter });
    await fail(circuit);
    expect(circuit.state).toBe("closed"); // the filter handles no error
    await circuit.execute(() => "degraded");
    expect(circuit.state).toBe("open");
  });

  test("a breaker of cockatiel's may open it", async () => {
    const { circuit } = withClock({ breaker: () => new ConsecutiveBreaker(2) });
    await fail(circuit);
    expect(circuit.state).toBe("closed");
    await fail(circuit);
    expect(circuit.state).toBe("open");
  });

  test("a timeout around the circuit counts, a caller who leaves does not", async () => {
    const { circuit } = withClock({ consecutiveFailures: 1 });
    const until = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("socket closed")));
      });
    const run = (reason: unknown) => {
      const controller = new AbortController();
      const call = circuit.execute(({ signal }) => until(signal), controller.signal);
      controller.abort(reason);
      return call;
    };
    await expect(run(new Error("left"))).rejects.toThrow("left");
    await expect(run(new DOMException("", "AbortError"))).rejects.toThrow();
    expect(circuit.state).toBe("closed");
    await expect(run(new DOMException("", "TimeoutError"))).rejects.toThrow();
    expect(circuit.state).toBe("open");
  });
});

describe("a function that ignores its signal and never settles", () => {
  const hang = () => new Promise<never>(() => {});
  const runUntil = async (circuit: Circuit, reason: unknown) => {
    const controller = new AbortController();
    const call = circuit.execute(hang, controller.signal);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
  };

  test("counts when a timeout around it ends the call, and not when the caller leaves", async () => {
    const { circuit } = withClock({ consecutiveFailures: 2 });
    await runUntil(circuit, new DOMException("", "TimeoutError"));
    await runUntil(circuit, new DOMException("", "AbortError"));
    expect(circuit.health()).toMatchObject({ state: "closed", consecutiveFailures: 1 });
    await runUntil(circuit, new DOMException("", "TimeoutError"));
    expect(circuit.state).toBe("open");
  });

  test("counts once: what it comes to after the abort is nothing to the circuit", async () => {
    for (const settle of ["resolve", "reject"] as const) {
      const { circuit, clock } = withClock({ consecutiveFailures: 2 });
      const controller = new AbortController();
      const operation = Promise.withResolvers<unknown>();
      const call = circuit.execute(() => operation.promise, controller.signal);
      controller.abort(new DOMException("", "TimeoutError"));
      await call.catch(() => {});
      operation[settle](unavailable());
      await clock.advance(0);
      expect(circuit.health()).toMatchObject({ state: "closed", consecutiveFailures: 1 });
    }
  });

  test("an abort after the end counts for nothing", async () => {
    const { circuit } = withClock({ consecutiveFailures: 1 });
    const controller = new AbortController();
    await circuit.execute(() => "value", controller.signal);
    controller.abort(new DOMException("", "TimeoutError"));
    expect(circuit.health()).toMatchObject({ state: "closed", consecutiveFailures: 0 });
  });
});

describe("open", () => {
  test("refuses without calling, and says which circuit, since when, when again, and why", async () => {
    const { circuit, clock } = withClock({ consecutiveFailures: 1 });
    const error = unavailable();
    const openedAt = clock.now();
    await fail(circuit, error);
    await clock.advance(400);
    const operation = vi.fn();
    const refused = await circuit.execute(operation).catch((reason: unknown) => reason);
    expect(operation).not.toHaveBeenCalled();
    expect(refused).toBeInstanceOf(CircuitOpenError);
    expect(refused).toMatchObject({
      circuit: "orders",
      since: openedAt,
      retryAfterMs: 600,
      state: "open",
      cause: error,
      code: "ERR_CIRCUIT_OPEN",
    });
    expect(classify(refused).kind).toBe("circuit-open");
  });

  test("each refusal is an error of its own, with a stack only on request", async () => {
    const { circuit } = withClock({ consecutiveFailures: 1 });
    await fail(circuit);
    const [first, second] = await Promise.all([fail(circuit), fail(circuit)]);
    expect(first).not.toBe(second);
    expect((first as Error).stack).not.toContain("\n    at ");
    const full = withClock({ consecutiveFailures: 1, stack: true }).circuit;
    await fail(full);
    expect(((await fail(full)) as Error).stack).toContain("circuit-breaker.test.ts");
  });

  test("a refusal nobody handles is reported as unhandled, like any rejection", async () => {
    const { circuit } = withClock({ consecutiveFailures: 1 });
    await fail(circuit);
    const unhandled = new Promise((resolve) => {
      const listeners = process.listeners("unhandledRejection");
      process.removeAllListeners("unhandledRejection");
      process.once("unhandledRejection", (reason) => {
        for (const listener of listeners) process.on("unhandledRejection", listener);
        resolve(reason);
      });
    });
    void circuit.execute(() => "never");
    expect(await unhandled).toBeInstanceOf(CircuitOpenError);
  });

  test("admits nothing a millisecond before its time, and a probe at its time", async () => {
    const { circuit, clock } = withClock({ consecutiveFailures: 1 });
    await fail(circuit);
    await clock.advance(999);
    await expect(succeed(circuit)).rejects.toThrow(CircuitOpenError);
    await clock.advance(1);
    await expect(succeed(circuit)).resolves.toBe("value");
    expect(circuit.state).toBe("closed");
  });

  test("stays open longer each time a probe fails, up to the cap", async () => {
    const { circuit, clock } = withClock({ consecutiveFailures: 1, openMs: { initialMs: 1_000, maxMs: 3_000 } });
    const openTimes: (number | undefined)[] = [];
    circuit.onBreak(({ openMs }) => openTimes.push(openMs));
    for (let opening = 0; opening < 4; opening++) {
      await fail(circuit);
      await clock.advance(3_000);
    }
    expect(openTimes).toEqual([1_000, 2_000, 3_000, 3_000]);
    await succeed(circuit);
    await fail(circuit);
    expect(openTimes.at(-1)).toBe(1_000); // it had recovered
  });

  test("takes its open time from cockatiel's back-offs", async () => {
    const { circuit } = withClock({ consecutiveFailures: 1, openMs: new ConstantBackoff(7) });
    await fail(circuit);
    expect(circuit.health().retryAfterMs).toBe(7);
  });

  test("stays open as long as the server asked, up to a limit", async () => {
    const hint = (retryAfterSeconds: string) =>
      Object.assign(unavailable(), { $response: { statusCode: 503, headers: { "retry-after": retryAfterSeconds } } });
    const { circuit } = withClock({ consecutiveFailures: 1 });
    await fail(circuit, hint("30"));
    expect(circuit.health().retryAfterMs).toBe(30_000);
    const wary = withClock({ consecutiveFailures: 1, maxServerHintMs: 10_000 }).circuit;
    await fail(wary, hint("86400"));
    expect(wary.health().retryAfterMs).toBe(10_000);
  });

  test("outcomes of calls that began before it opened count for nothing", async () => {
    const { circuit, clock } = withClock({ consecutiveFailures: 1 });
    const slow = Promise.withResolvers<string>();
    const begun = circuit.execute(() => slow.promise);
    await fail(circuit);
    await clock.advance(1_000);
    const probe = Promise.withResolvers<string>();
    const probing = circuit.execute(() => probe.promise);
    slow.resolve("late");
    await begun;
    expect(circuit.state).toBe("half-open");
    probe.resolve("value");
    await probing;
    expect(circuit.state).toBe("closed");
  });
});

describe("abort", () => {
  test("a call already given up is not made", async () => {
    const { circuit } = withClock();
    const operation = vi.fn();
    await expect(circuit.execute(operation, AbortSignal.abort("gone"))).rejects.toBe("gone");
    expect(operation).not.toHaveBeenCalled();
  });

  test("rejects with the reason at once, even if the function takes no notice", async () => {
    const { circuit } = withClock();
    const controller = new AbortController();
    const call = circuit.execute(() => new Promise(() => {}), controller.signal);
    controller.abort("gone");
    await expect(call).rejects.toBe("gone");
  });
});

describe("events", () => {
  test("tell each transition with its reason and figures", async () => {
    const { circuit, clock } = withClock({ consecutiveFailures: 2 });
    const events: StateChangeEvent[] = [];
    circuit.onStateChange((event) => events.push(event));
    const error = unavailable();
    await fail(circuit);
    await fail(circuit, error);
    await clock.advance(1_000);
    await fail(circuit);
    await clock.advance(1_000);
    await succeed(circuit);
    expect(events.map(({ from, to, reason, openings }) => ({ from, to, reason, openings }))).toEqual([
      { from: "closed", to: "open", reason: "consecutive-failures", openings: 1 },
      { from: "open", to: "half-open", reason: "open-time-over", openings: 1 },
      { from: "half-open", to: "open", reason: "probe-failed", openings: 2 },
      { from: "open", to: "half-open", reason: "open-time-over", openings: 2 },
      { from: "half-open", to: "closed", reason: "probes-succeeded", openings: 2 },
    ]);
    expect(events[0]).toMatchObject({ circuit: "orders", consecutiveFailures: 2, openMs: 1_000, error });
    expect(events[1]!.at - events[0]!.at).toBe(1_000);
  });

  test("onBreak, onHalfOpen and onReset tell their own, and can be left", async () => {
    const { circuit, clock } = withClock({ consecutiveFailures: 1 });
    const told: string[] = [];
    circuit.onBreak(({ to }) => told.push(to));
    circuit.onHalfOpen(({ to }) => told.push(to));
    const leaving = circuit.onReset(({ to }) => told.push(to));
    await fail(circuit);
    await clock.advance(1_000);
    leaving.dispose();
    await succeed(circuit);
    expect(told).toEqual(["open", "half-open"]);
  });

  test("onReject tells of refusals; onSuccess and onFailure of calls made", async () => {
    const { circuit, clock } = withClock({ consecutiveFailures: 1 });
    const told: unknown[] = [];
    circuit.onReject(({ state, retryAfterMs, enforced }) => told.push({ state, retryAfterMs, enforced }));
    circuit.onSuccess(({ duration }) => told.push({ duration }));
    circuit.onFailure(({ handled }) => told.push({ handled }));
    const call = circuit.execute(() => new Promise<void>((resolve) => clock.setTimeout(resolve, 20)));
    await clock.advance(20);
    await call;
    await fail(circuit, throttled());
    await fail(circuit);
    await succeed(circuit).catch(() => {});
    expect(told).toEqual([
      { duration: 20 },
      { handled: false },
      { handled: true },
      { state: "open", retryAfterMs: 1_000, enforced: true },
    ]);
  });

  test("a listener for failures alone is told of them, with their duration", async () => {
    const { circuit, clock } = withClock();
    const durations: number[] = [];
    circuit.onFailure(({ duration }) => durations.push(duration));
    const call = circuit.execute(() => new Promise((_, reject) => clock.setTimeout(() => reject(unavailable()), 20)));
    call.catch(() => {});
    await clock.advance(20);
    expect(durations).toEqual([20]);
  });

  test("listeners given as options are told too", async () => {
    const onStateChange = vi.fn();
    const onReject = vi.fn();
    const { circuit } = withClock({ consecutiveFailures: 1, onStateChange, onReject });
    await fail(circuit);
    await fail(circuit);
    expect(onStateChange).toHaveBeenCalledTimes(1);
    expect(onReject).toHaveBeenCalledTimes(1);
  });
});

describe("options", () => {
  test.each<[string, CircuitBreakerOptions]>([
    ["name", { name: 7 as never }],
    ["consecutiveFailures", { consecutiveFailures: 0 }],
    ["failureRatio", { failureRatio: 0 }],
    ["failureRatio", { failureRatio: 50 }],
    ["slowCallMs", { slowCallRatio: 0.5 }],
    ["slowCallMs", { slowCallMs: Number.NaN }],
    ["window.calls", { failureRatio: 0.5, window: { calls: 0 } }],
    ["window.ms", { failureRatio: 0.5, window: { ms: Number.POSITIVE_INFINITY } }],
    ["window.buckets", { window: { ms: 1_000, buckets: 0 } }],
    ["minimumCalls", { failureRatio: 0.5, window: { calls: 5 }, minimumCalls: 6 }],
    ["openMs", { openMs: -1 }],
    ["openMs", { openMs: "5s" as never }],
    ["openMs.maxMs", { openMs: { initialMs: 10, maxMs: 9 } }],
    ["halfOpen.probes", { halfOpen: { probes: 0 } }],
    ["halfOpen.successes", { halfOpen: { probes: 2, successes: 3 } }],
    ["halfOpen.others", { halfOpen: { others: "wait" as never } }],
    ["rampUp.durationMs", { rampUp: { durationMs: 0 } }],
    ["rampUp.initialShare", { rampUp: { durationMs: 1, initialShare: 2 } }],
    ["mode", { mode: "off" as never }],
    ["judge", { judge: "all" as never }],
    ["filter", { filter: handleWhen(() => true), judge: () => undefined }],
    ["filter", { filter: {} as never }],
    ["breaker", { breaker: (() => ({})) as never }],
    ["classify", { classify: {} as never }],
    ["treshold", { treshold: 5 } as never],
    ["options", null as never],
  ])("a wrong %s throws at construction, naming it", (option, options) => {
    expect(() => circuitBreaker(options)).toThrow(expect.objectContaining({ code: "ERR_HOLDFAST_OPTION", option }));
  });

  test.each([
    [
      "window",
      "a window that is no object",
      10,
      "Expected `options` to be an object with the options of window, got 10",
    ],
    [
      "window",
      "a name",
      { ms: 10, bucket: 2 },
      "Expected `bucket` to be left out: the options of window are ms, buckets",
    ],
    ["window", "the other kind's name", { calls: 10, buckets: 2 }, "the options of window are calls, got 2"],
    [
      "halfOpen",
      "a name",
      { probe: 2 },
      "Expected `probe` to be left out: the options of halfOpen are probes, successes",
    ],
    [
      "openMs",
      "a name",
      { initial: 2 },
      "Expected `initial` to be left out: the options of openMs are initialMs, maxMs",
    ],
    ["rampUp", "a name", { durationMs: 2, share: 1 }, "the options of rampUp are durationMs, initialShare"],
  ])("refuses within %s %s that it does not have", (option, _, value, message) => {
    expect(() => circuitBreaker({ [option]: value })).toThrow(message);
  });

  test("an open time that is no number falls back to the default, never to a hot loop", async () => {
    for (const openMs of [() => Number.NaN, () => -1, () => undefined as never, new ConstantBackoff(Number.NaN)]) {
      const { circuit } = withClock({ consecutiveFailures: 1, openMs });
      await fail(circuit);
      expect(circuit.health().retryAfterMs).toBe(5_000);
    }
  });

  test("a classifier that throws loses no error: the default says what it is", async () => {
    const classify = () => {
      throw new Error("broken");
    };
    const { circuit } = withClock({ consecutiveFailures: 1, classify });
    const error = throttled();
    expect(await fail(circuit, error)).toBe(error);
    expect(circuit.state).toBe("closed");
    await fail(circuit);
    expect(circuit.state).toBe("open");
  });

  test("a judge or a result filter that throws leaves the decision to the default", async () => {
    const broken = () => {
      throw new Error("broken");
    };
    const { circuit } = withClock({ consecutiveFailures: 1, judge: broken, isFailure: broken });
    expect(await succeed(circuit)).toBe("value");
    expect(circuit.state).toBe("closed");
    await fail(circuit);
    expect(circuit.state).toBe("open");
  });
});
