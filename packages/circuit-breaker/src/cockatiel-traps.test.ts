import { classify, compose } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import {
  ConsecutiveBreaker,
  circuitBreaker as cockatielCircuitBreaker,
  handleAll,
  handleWhen,
  type IPolicy,
  noop,
  retry,
  SamplingBreaker,
  wrap,
} from "cockatiel";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuitBreaker } from "./index.ts";

// Each trap is a behaviour asked of both: cockatiel's breaker must lack it, or the trap is gone, and ours must have it.

interface Trial {
  /** Opens after one failure, for 1,000 ms. */
  readonly eager: () => Breaker;
  /** Opens at the second failure in a row. */
  readonly patient: () => Breaker;
  /** Opens when half of the calls of the last 10 s failed, given some traffic. */
  readonly sampling: () => Breaker;
  readonly isOpen: (breaker: Breaker) => boolean;
}

interface Breaker extends IPolicy {
  readonly state: unknown;
  readonly onBreak: (listener: () => void) => unknown;
  isolate(): unknown;
}

const halfOpenAfter = 1_000;
const theirs: Trial = {
  eager: () => cockatielCircuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(1), halfOpenAfter }),
  patient: () =>
    cockatielCircuitBreaker(
      handleWhen((error) => !(error instanceof NotFound)),
      { breaker: new ConsecutiveBreaker(2), halfOpenAfter },
    ),
  sampling: () =>
    cockatielCircuitBreaker(handleAll, {
      breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 0.5 }),
      halfOpenAfter,
    }),
  isOpen: ({ state }) => state === 1,
};

const ours: Trial = {
  eager: () => circuitBreaker({ consecutiveFailures: 1, openMs: halfOpenAfter }),
  patient: () => circuitBreaker({ consecutiveFailures: 2, openMs: halfOpenAfter }),
  sampling: () => circuitBreaker({ failureRatio: 0.5, window: { ms: 10_000 }, minimumCalls: 5, openMs: halfOpenAfter }),
  isOpen: ({ state }) => state === "open",
};

class NotFound extends Error {
  override readonly name = "ResourceNotFoundException";
  readonly $fault = "client";
  readonly $metadata = { httpStatusCode: 404 };
}

const fail = (breaker: Breaker, error: unknown = new Error("down")): Promise<unknown> =>
  breaker.execute(() => Promise.reject(error)).catch((reason: unknown) => reason);

/** Whether a promise settles while time stands still. */
async function settles(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  promise.then(done, done);
  await vi.advanceTimersByTimeAsync(0);
  return settled;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const traps: Readonly<Record<string, (trial: Trial) => Promise<boolean>>> = {
  "a call that was given up before it began is not made": async ({ eager }) => {
    const operation = vi.fn(() => "value");
    await eager()
      .execute(operation, AbortSignal.abort())
      .catch(() => {});
    return operation.mock.calls.length === 0;
  },

  "an abort rejects at once with the signal's reason, though the function ignores it": async ({ eager }) => {
    const controller = new AbortController();
    const call = eager().execute(() => new Promise(() => {}), controller.signal);
    const reason = call.catch((error: unknown) => error);
    controller.abort("gone");
    return (await settles(call)) && (await reason) === "gone";
  },

  "a caller who leaves does not open the circuit": async ({ eager, isOpen }) => {
    const breaker = eager();
    const controller = new AbortController();
    const call = breaker.execute(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
      controller.signal,
    );
    controller.abort();
    await call.catch(() => {});
    return !isOpen(breaker);
  },

  "a listener that throws does not break a call that succeeded": async ({ eager }) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const breaker = eager();
    breaker.onSuccess(() => {
      throw new Error("listener");
    });
    return breaker
      .execute(() => "value")
      .then(
        (value) => value === "value",
        () => false,
      );
  },

  "a listener that throws does not make a retry around repeat what succeeded": async ({ patient }) => {
    const breaker = patient();
    breaker.onSuccess(() => {
      throw new Error("listener");
    });
    const operation = vi.fn(() => "value");
    const call = wrap(retry(handleAll, { maxAttempts: 2 }), breaker).execute(operation);
    call.catch(() => {});
    await vi.runAllTimersAsync();
    return operation.mock.calls.length === 1;
  },

  "failures of an hour ago have left the window": async ({ sampling, isOpen }) => {
    const breaker = sampling();
    for (let call = 0; call < 4; call++) await fail(breaker);
    await vi.advanceTimersByTimeAsync(3_600_000);
    await fail(breaker);
    return !isOpen(breaker);
  },

  "while a probe is under way other calls fail fast, with a time to come back": async ({ eager }) => {
    const breaker = eager();
    await fail(breaker);
    await vi.advanceTimersByTimeAsync(halfOpenAfter);
    void breaker.execute(() => new Promise(() => {}));
    const other = fail(breaker);
    return (await settles(other)) && typeof ((await other) as { retryAfterMs?: unknown }).retryAfterMs === "number";
  },

  "a probe that never settles does not block the circuit for ever": async ({ eager }) => {
    const breaker = eager();
    await fail(breaker);
    await vi.advanceTimersByTimeAsync(halfOpenAfter);
    void breaker.execute(() => new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(3_600_000);
    const next = breaker.execute(() => "value");
    return (await settles(next)) && (await next) === "value";
  },

  "a refusal says which circuit, when again and why": async ({ eager }) => {
    const breaker = eager();
    const failure = new Error("down");
    await fail(breaker, failure);
    const refusal = (await fail(breaker)) as Record<string, unknown>;
    return refusal.cause === failure && refusal.retryAfterMs === 1_000 && typeof refusal.circuit === "string";
  },

  "a refusal has a name and a code of its own": async ({ eager }) => {
    const breaker = eager();
    await fail(breaker);
    const { name, code } = (await fail(breaker)) as { readonly name: string; readonly code?: unknown };
    return name !== "Error" && typeof code === "string";
  },

  "an answer the service gave, that there is no such thing, ends a run of failures": async ({ patient, isOpen }) => {
    const breaker = patient();
    await fail(breaker);
    await fail(breaker, new NotFound());
    await fail(breaker);
    return !isOpen(breaker);
  },

  "throttling does not open the circuit": async ({ eager, isOpen }) => {
    const breaker = eager();
    await fail(breaker, Object.assign(new Error("slow down"), { name: "ThrottlingException", $fault: "client" }));
    return !isOpen(breaker);
  },

  "a circuit isolated while its probe is under way closes when released, whatever the probe says": async (trial) => {
    const breaker = trial.eager();
    await fail(breaker);
    await vi.advanceTimersByTimeAsync(halfOpenAfter);
    const probe = Promise.withResolvers<never>();
    const probing = breaker.execute(() => probe.promise).catch(() => {});
    const waiting = fail(breaker, new Error("down"));
    (breaker.isolate() as { dispose(): void }).dispose();
    probe.reject(new Error("down"));
    await probing;
    return (await settles(waiting)) && !trial.isOpen(breaker);
  },
};

describe.each(Object.entries(traps))("%s", (_, behaves) => {
  test("not with cockatiel 4", async () => {
    expect(await behaves(theirs)).toBe(false);
  });

  test("with ours", async () => {
    expect(await behaves(ours)).toBe(true);
  });
});

test("a retry of cockatiel's around ours can tell a refusal, and keeps the failure as its cause", async () => {
  const failure = new Error("down");
  const filter = handleWhen((error) => classify(error).kind !== "circuit-open");
  const policy = wrap(retry(filter, { maxAttempts: 5 }), ours.eager());
  const operation = vi.fn(() => Promise.reject(failure));
  const result = policy.execute(operation).catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await result).toMatchObject({ code: "ERR_CIRCUIT_OPEN", cause: failure });
  expect(operation).toHaveBeenCalledTimes(1);
});

describe("composes with cockatiel", () => {
  test.each<[string, (breaker: Breaker) => IPolicy]>([
    ["inside wrap", (breaker) => wrap(noop, breaker)],
    ["around, in wrap", (breaker) => wrap(breaker, noop)],
    ["inside compose, with cockatiel around", (breaker) => compose(noop, breaker) as IPolicy],
    ["inside compose, with cockatiel within", (breaker) => compose(breaker, noop) as IPolicy],
  ])("%s", async (_, composed) => {
    vi.useRealTimers();
    const manual = manualClock();
    const breaker = circuitBreaker({ clock: manual, consecutiveFailures: 1, openMs: 1_000 });
    const policy = composed(breaker);
    const controller = new AbortController();
    expect(await policy.execute(({ signal }) => signal.aborted, controller.signal)).toBe(false);
    await policy.execute(() => Promise.reject(new Error("down"))).catch(() => {});
    await expect(policy.execute(() => "value")).rejects.toMatchObject({ code: "ERR_CIRCUIT_OPEN" });
    await manual.advance(1_000);
    expect(await policy.execute(() => "value")).toBe("value");
    expect(breaker.state).toBe("closed");
  });
});
