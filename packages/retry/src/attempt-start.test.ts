import { attemptsOf, compose } from "@holdfast/errors";
import { silentLogger } from "@holdfast/errors/policy";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { transient } from "./failures.fixture.ts";
import { retry } from "./retry.ts";
import { timeout } from "./timeout.ts";

// The system's clock, under fake timers: only with it may a retry take the time from a timeout inside.
const epoch = Date.UTC(2026, 0, 1);
beforeEach(() => {
  vi.useFakeTimers({ now: epoch - 1_000 });
  vi.advanceTimersByTime(1_000); // so that no call begins when the monotonic clock did
});
afterEach(() => {
  vi.useRealTimers();
});

/** Works for 400 ms without letting go of the thread, then for 100 ms in the background, and fails. */
async function busy() {
  vi.advanceTimersByTime(400);
  await Promise.resolve();
  vi.advanceTimersByTime(100);
  throw transient();
}

const cases = {
  alone: () => retry({ maxAttempts: 2, backoff: 0 }),
  "around a timeout": () => compose(retry({ maxAttempts: 2, backoff: 0 }), timeout({ timeoutMs: 60_000 })),
  "around a retry around a timeout": () =>
    compose(
      retry({ maxAttempts: 2, backoff: 0 }),
      retry({ maxAttempts: 1, logger: silentLogger }),
      timeout({ timeoutMs: 60_000 }),
    ),
};

for (const [name, policy] of Object.entries(cases)) {
  test(`each attempt's start and duration are right in a retry ${name}`, async () => {
    const error = await policy()
      .execute(busy)
      .catch((reason: unknown) => reason);
    expect(attemptsOf(error)?.attempts).toMatchObject([
      { startedAt: epoch, durationMs: 500 },
      { startedAt: epoch + 500, durationMs: 500 },
    ]);
  });
}

test("calls made by the function do not pass for its start", async () => {
  const inner = compose(retry(), timeout({ timeoutMs: 60_000 }));
  const error = await compose(retry({ maxAttempts: 1 }), timeout({ timeoutMs: 60_000 }))
    .execute(async () => {
      vi.advanceTimersByTime(300);
      inner.execute(() => "while the first is still on its way inwards");
      throw transient();
    })
    .catch((reason: unknown) => reason);
  expect(attemptsOf(error)?.attempts).toMatchObject([{ startedAt: epoch, durationMs: 300 }]);
});
