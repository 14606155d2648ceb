import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test } from "vitest";
import { adaptiveLimiter } from "./adaptive-limiter.ts";

class Throttled extends Error {
  override readonly name = "ThrottlingException";
  readonly $metadata = { httpStatusCode: 400 };
}

class Unavailable extends Error {
  override readonly name = "ServiceUnavailable";
  readonly $metadata = { httpStatusCode: 503 };
  readonly $fault = "server";
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

describe("an outage", () => {
  test("is met with one probe at a time, after pauses that grow, and ends when a probe is answered", async () => {
    const clock = manualClock();
    const limiter = adaptiveLimiter({ clock });
    const sentAt: number[] = [];
    let down = true;
    const call = () =>
      limiter.execute(() => {
        sentAt.push(clock.monotonic());
        if (down) throw new Unavailable();
        return "value";
      });
    const worker = async () => {
      for (;;) {
        try {
          return await call();
        } catch {
          // again
        }
      }
    };
    const workers = [worker(), worker(), worker()];
    await clock.advance(3_000);
    expect(sentAt).toEqual([0, 0, 0, 100, 300, 700, 1_500, 2_400]);
    down = false;
    await clock.advance(900);
    await expect(Promise.all(workers)).resolves.toEqual(["value", "value", "value"]);
    expect(clock.pending).toBe(0);
  });
});

test("passes the call's own error through", async () => {
  const limiter = adaptiveLimiter();
  const error = new Throttled();
  await expect(limiter.execute(() => Promise.reject(error))).rejects.toBe(error);
});
