import { expect, test } from "vitest";
import { Concurrency } from "./concurrency.ts";

/** Keeps as many calls in flight as it may, up to `workers`, for some time; resolves with the limit and the rate. */
function load(
  concurrency: Concurrency,
  latencyMs: (inFlight: number, now: number) => number,
  forMs: number,
  workers = 1_000,
) {
  const flights: { readonly sentAt: number; readonly endsAt: number }[] = [];
  let answered = 0;
  for (let now = 0; now < forMs; now += 1) {
    for (let index = flights.length - 1; index >= 0; index -= 1) {
      const { sentAt, endsAt } = flights[index]!;
      if (endsAt > now) continue;
      concurrency.answered(now - sentAt, flights.length, now);
      flights.splice(index, 1);
      answered += 1;
    }
    while (flights.length < Math.min(workers, Math.floor(concurrency.limit))) {
      flights.push({ sentAt: now, endsAt: now + latencyMs(flights.length + 1, now) });
    }
  }
  return { limit: concurrency.limit, perSecond: (answered * 1_000) / forMs };
}

/** A service that works on so many calls at once for 20 ms each: more only queue. */
const queueing = (servers: number) => (inFlight: number) => 20 * Math.max(1, inFlight / servers);

test("grows while latency stays what it was", () => {
  expect(load(new Concurrency(), () => 10, 2_000).limit).toBeGreaterThan(1_000);
});

test("does not grow for what is not asked of it", () => {
  expect(load(new Concurrency(), () => 10, 2_000, 4).limit).toBeLessThan(20);
});

test("finds out how many calls a service works on at once, and does not pile up more", () => {
  const { limit, perSecond } = load(new Concurrency(), queueing(16), 10_000);
  expect(limit).toBeGreaterThan(14);
  expect(limit).toBeLessThan(50);
  expect(perSecond / (16 * 50)).toBeGreaterThan(0.9);
});

test("does not give way when the service is slow by itself: fewer calls would only be fewer answers", () => {
  const slowLater = (_inFlight: number, now: number) => (now < 2_000 ? 10 : 200);
  const { limit } = load(new Concurrency(), slowLater, 20_000, 100);
  expect(limit).toBeGreaterThan(80);
});

test("starts anew where it is told, and makes room where it is told", () => {
  const concurrency = new Concurrency();
  concurrency.restart(1);
  expect(concurrency.limit).toBe(1);
  concurrency.allow(32);
  expect(concurrency.limit).toBe(32);
  concurrency.allow(8);
  expect(concurrency.limit).toBe(32);
});
