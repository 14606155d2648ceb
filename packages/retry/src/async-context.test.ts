import { AsyncLocalStorage } from "node:async_hooks";
import { compose } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { expect, test } from "vitest";
import { retry } from "./retry.ts";
import { timeout } from "./timeout.ts";

const request = new AsyncLocalStorage<string>();

// One timer serves all calls of a timeout, so that it fires in the context of whoever set it: here, of the test.
test.each([
  ["a timeout", (limit: ReturnType<typeof timeout>) => limit],
  ["a retry around it", (limit: ReturnType<typeof timeout>) => compose(retry({ backoff: 0 }), limit)],
])("what follows a time-out runs in the context of its own call, under %s", async (_, policyOf) => {
  const clock = manualClock();
  const limit = timeout({ timeoutMs: 100, clock });
  const seen: [what: unknown, where: string | undefined][] = [];
  limit.onTimeout(() => seen.push(["timeout", request.getStore()]));
  const policy = policyOf(limit);
  const callIn = (name: string) =>
    request.run(name, () =>
      policy.execute(({ attempt, signal }) => {
        seen.push([attempt, request.getStore()]);
        signal.addEventListener("abort", () => seen.push(["abort", request.getStore()]));
        return attempt === 1 ? new Promise(() => {}) : "answer";
      }),
    );
  const calls = Promise.allSettled([callIn("one"), callIn("two")]);
  await clock.advance(100);
  await calls;
  const of = (name: string) => seen.filter(([, where]) => where === name).map(([what]) => what);
  const expected = policy === limit ? [1, "abort", "timeout"] : [1, "abort", "timeout", 2];
  expect([of("one"), of("two"), seen.length]).toEqual([expected, expected, 2 * expected.length]);
});
