import { expect, test } from "vitest";
import { adaptiveLimiter, rateLimiter } from "./index.ts";
import { noWait } from "./testing.ts";

test("a limiter of a call a minute lets a hundred through at once, in order, an hour and a half apart by its clock", async () => {
  const { clock } = noWait();
  const limiter = rateLimiter({ perSecond: 1 / 60, clock });
  const order: number[] = [];
  await Promise.all(Array.from({ length: 100 }, (_, index) => limiter.execute(() => order.push(index))));
  expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(clock.monotonic()).toBeGreaterThanOrEqual(99 * 60_000);
});

test("an outage is over as soon as its probes have been sent", async () => {
  const limiter = adaptiveLimiter(noWait());
  let failures = 10;
  const call = async (): Promise<string> => {
    try {
      return await limiter.execute(() => {
        if (failures-- > 0) throw Object.assign(new Error("down"), { code: "ECONNREFUSED" });
        return "up";
      });
    } catch {
      return call();
    }
  };
  await expect(call()).resolves.toBe("up");
});
