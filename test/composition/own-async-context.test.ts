import { AsyncLocalStorage } from "node:async_hooks";
import { circuitBreaker } from "@holdfast/circuit-breaker";
import { compose } from "@holdfast/errors";
import type { CallContext, Policy } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { adaptiveLimiter, bulkhead, rateLimiter } from "@holdfast/limiter";
import { fallback, hedge, retry, timeout } from "@holdfast/retry";
import { expect, test } from "vitest";

const request = new AsyncLocalStorage<string>();
const clock = manualClock();
const limit = () => timeout({ timeoutMs: 100, clock });
const again = () => retry({ backoff: 50, clock });
const queue = () => bulkhead({ maxConcurrent: 1, maxQueued: 10, clock });

// Timers, queues and permits are shared between calls: whoever frees one must not lend the next its context.
const policies: Record<string, () => Policy<CallContext, unknown>> = {
  "a timeout in a retry": () => compose(again(), limit()),
  "a timeout in a circuit in a retry": () => compose(again(), circuitBreaker({ clock }), limit()),
  "a timeout in a fallback": () => compose(fallback({ to: () => request.getStore() }), limit()),
  "a bulkhead's queue": () => compose(again(), queue(), limit()),
  "a rate limiter's queue": () => compose(again(), rateLimiter({ perSecond: 10, burst: 1, clock }), limit()),
  "an adaptive limiter": () => compose(again(), adaptiveLimiter({ clock }), limit()),
  "a hedge": () => compose(hedge({ delayMs: 50, clock }), again(), limit()),
};

test.each(Object.entries(policies))("every attempt runs in the context of its own call, under %s", async (_, make) => {
  const policy = make();
  const strangers: unknown[] = [];
  const names = ["one", "two", "three"];
  const calls = names.map((name) =>
    request.run(name, async () => {
      let attempts = 0;
      const answer = await policy.execute(() => {
        if (request.getStore() !== name) strangers.push(request.getStore());
        attempts += 1;
        return attempts === 1 ? new Promise<string>(() => {}) : name;
      });
      return [answer, request.getStore()];
    }),
  );
  await clock.advance(10_000);
  await expect(Promise.all(calls)).resolves.toEqual(names.map((name) => [name, name]));
  expect(strangers).toEqual([]);
});
