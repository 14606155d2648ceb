import { manualClock } from "@holdfast/errors/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Credentials } from "./credentials.ts";
import { type RefreshFailureEvent, SharedCredentials } from "./shared-credentials.ts";

const minute = 60_000;
const hour = 60 * minute;
const fixed = Number.POSITIVE_INFINITY;

function sourceOf({ lifetimeMs = hour, random = 0 } = {}) {
  const clock = manualClock();
  const fetches: (boolean | undefined)[] = [];
  const failures: RefreshFailureEvent[] = [];
  const source = { clock, fetches, failures, down: undefined as Error | undefined };
  const shared = new SharedCredentials({
    identity: "test",
    fetch: async (request): Promise<Credentials> => {
      fetches.push(request?.forceRefresh);
      if (source.down !== undefined) throw source.down;
      const keys = { accessKeyId: `AKIA${fetches.length}`, secretAccessKey: "s" };
      return lifetimeMs === fixed ? keys : { ...keys, expiration: new Date(clock.now() + lifetimeMs) };
    },
    clock,
    random: () => random,
    onRefresh: () => {},
    onRefreshFailure: (event) => failures.push(event),
  });
  return Object.assign(source, { shared });
}

const outage = () => Object.assign(new Error("down"), { code: "ECONNREFUSED" });
const denied = () =>
  Object.assign(new Error("no"), { name: "AccessDenied", $fault: "client", $metadata: { httpStatusCode: 403 } });
const keyOf = async ({ shared }: { shared: SharedCredentials }) => (await shared.get()).accessKeyId;

test("however many ask at once, the source is asked once", async () => {
  const source = sourceOf();
  const keys = await Promise.all(Array.from({ length: 100 }, () => keyOf(source)));
  expect(new Set(keys)).toEqual(new Set(["AKIA1"]));
  expect(source.fetches).toEqual([undefined]);
});

test("fixed keys are fetched once for ever", async () => {
  const source = sourceOf({ lifetimeMs: fixed });
  await keyOf(source);
  await source.clock.advance(1_000 * hour);
  await keyOf(source);
  expect(source.fetches).toHaveLength(1);
  expect(source.clock.pending).toBe(0);
});

test.each([
  ["a quarter of an hour", 15 * minute, 5 * minute],
  ["an hour", hour, 15 * minute],
  ["twelve hours", 12 * hour, hour],
])("credentials of %s are renewed ahead of their end, without a caller waiting", async (_, lifetimeMs, windowMs) => {
  const source = sourceOf({ lifetimeMs });
  await keyOf(source);
  await keyOf(source);
  await source.clock.advance(lifetimeMs - windowMs - 1);
  expect(source.fetches).toHaveLength(1);
  await source.clock.advance(1);
  expect(source.fetches).toHaveLength(2);
  expect(await keyOf(source)).toBe("AKIA2");
});

test("jitter puts the renewal later, within the first fifth of the window", async () => {
  const source = sourceOf({ random: 0.5 });
  await keyOf(source);
  await keyOf(source);
  await source.clock.advance(45 * minute + 1.5 * minute - 1);
  expect(source.fetches).toHaveLength(1);
  await source.clock.advance(1);
  expect(source.fetches).toHaveLength(2);
});

test("credentials that nobody uses are not renewed, until someone does", async () => {
  const source = sourceOf();
  await keyOf(source);
  await source.clock.advance(50 * minute);
  expect(source.fetches).toHaveLength(1);
  expect(await keyOf(source)).toBe("AKIA1"); // at once, and renewed behind its back
  await source.clock.advance(0);
  expect(await keyOf(source)).toBe("AKIA2");
});

test("in the last minute a caller waits for new ones", async () => {
  const source = sourceOf();
  await keyOf(source);
  await source.clock.advance(hour - minute - 1);
  expect(await keyOf(source)).toBe("AKIA1");
  source.down = outage();
  await source.clock.advance(0);
  source.down = undefined;
  await source.clock.advance(2 * minute);
  expect(await keyOf(source)).not.toBe("AKIA1");
});

test("while the source is down, what is valid is served until its end, and then the failure", async () => {
  const source = sourceOf();
  await keyOf(source);
  source.down = outage();
  await source.clock.advance(hour - 1);
  expect(await keyOf(source)).toBe("AKIA1");
  expect(source.failures.at(-1)).toMatchObject({ identity: "test", validForMs: 1, error: source.down });
  await source.clock.advance(1);
  await expect(keyOf(source)).rejects.toBe(source.down);
  source.down = undefined;
  expect(await keyOf(source)).toMatch(/AKIA/);
});

test("a source that is down is not asked by every caller: failures are spaced, further and further", async () => {
  const source = sourceOf();
  await keyOf(source);
  source.down = outage();
  await source.clock.advance(50 * minute);
  const fetchesIn = async (ms: number) => {
    const before = source.fetches.length;
    for (let waited = 0; waited < ms; waited += 100) {
      await keyOf(source);
      await source.clock.advance(100);
    }
    return source.fetches.length - before;
  };
  expect(await fetchesIn(10_000)).toBeLessThanOrEqual(6);
  expect(await fetchesIn(60_000)).toBeLessThanOrEqual(4);
  await fetchesIn(2 * minute);
  expect(await fetchesIn(4 * minute)).toBeGreaterThanOrEqual(4); // but never further than a minute apart
});

test("what will not pass is not hidden in the last minute", async () => {
  const source = sourceOf();
  await keyOf(source);
  source.down = denied();
  await source.clock.advance(hour - 30_000);
  await expect(keyOf(source)).rejects.toBe(source.down);
});

test("a first failure reaches every caller, and the next call asks again", async () => {
  const source = sourceOf();
  source.down = outage();
  const results = await Promise.allSettled([keyOf(source), keyOf(source)]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(source.fetches).toHaveLength(1);
  source.down = undefined;
  expect(await keyOf(source)).toBe("AKIA2");
});

test("credentials that are over when they come, since this clock is ahead, are used and not fetched at each call", async () => {
  const source = sourceOf({ lifetimeMs: -hour });
  expect([await keyOf(source), await keyOf(source), await keyOf(source)]).toEqual(["AKIA1", "AKIA1", "AKIA1"]);
  await source.clock.advance(5 * minute);
  expect(await keyOf(source)).not.toBe("AKIA1");
});

test("a forced renewal fetches, once for all who force it at the same time", async () => {
  const source = sourceOf();
  await keyOf(source);
  const forced = await Promise.all([1, 2, 3].map(() => source.shared.get({ forceRefresh: true })));
  expect(new Set(forced.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(["AKIA2"]));
  expect(source.fetches).toEqual([undefined, true]);
});

test("who was refused during the first fetch is given what a forced one brings, once for all", async () => {
  const source = sourceOf();
  const first = source.shared.get();
  const forced = Promise.all([1, 2].map(() => source.shared.get({ forceRefresh: true })));
  expect((await first).accessKeyId).toBe("AKIA1");
  expect((await forced).map(({ accessKeyId }) => accessKeyId)).toEqual(["AKIA2", "AKIA2"]);
  expect(source.fetches).toEqual([undefined, true]);
});

test("a renewal asks a source that remembers for new ones", async () => {
  const source = sourceOf();
  await keyOf(source);
  await keyOf(source);
  await source.clock.advance(45 * minute);
  expect(source.fetches).toEqual([undefined, true]);
});

test("close leaves no timer", async () => {
  const source = sourceOf();
  await keyOf(source);
  expect(source.clock.pending).toBe(1);
  source.shared.close();
  expect(source.clock.pending).toBe(0);
});

test("the SDK takes the provider for one that needs no cache around it", () => {
  expect(sourceOf().shared.provider.memoized).toBe(true);
});

test("whatever the lifetime and the times of use, nobody is given expired credentials while the source is up", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: minute, max: 12 * hour }),
      fc.array(fc.integer({ min: 0, max: 2 * hour }), { maxLength: 12 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (lifetimeMs, waits, random) => {
        const source = sourceOf({ lifetimeMs, random });
        for (const waitMs of waits) {
          await source.clock.advance(waitMs);
          const { expiration } = await source.shared.get();
          expect(expiration?.getTime()).toBeGreaterThan(source.clock.now());
        }
        source.shared.close();
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});
