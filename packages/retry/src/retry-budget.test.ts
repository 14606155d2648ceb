import { attemptsOf, compose, OptionError } from "@holdfast/errors";
import { beginCall } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test, vi } from "vitest";
import { retry } from "./retry.ts";
import { retryBudget } from "./retry-budget.ts";
import { timeout } from "./timeout.ts";

const transient = () => Object.assign(new Error("transient"), { code: "ECONNREFUSED" });
const throttled = () => Object.assign(new Error("slow down"), { name: "ThrottlingException" });

async function run(policy: ReturnType<typeof retry>, ...errors: unknown[]): Promise<unknown> {
  return policy.execute(() => (errors.length > 0 ? Promise.reject(errors.shift()) : "value")).catch((error) => error);
}

describe("a budget of tokens", () => {
  test("holds 500, a retry costs 14 and one after throttling 5, as in the AWS SDK", async () => {
    const budget = retryBudget({ style: "tokens" });
    const policy = retry({ budget, backoff: 0, maxAttempts: 2 });
    await run(policy, transient(), transient());
    expect(budget.level).toBe(486 / 500);
    await run(policy, throttled(), throttled());
    expect(budget.level).toBe(481 / 500);
  });

  test("gets back what the last retry of a call that succeeds cost, or 1, and never more than it held", async () => {
    const budget = retryBudget({ style: "tokens" });
    const policy = retry({ budget, backoff: 0, maxAttempts: 3 });
    await run(policy);
    expect(budget.level).toBe(1);
    await run(policy, transient(), throttled());
    expect(budget.level).toBe((500 - 14) / 500);
    await run(policy);
    expect(budget.level).toBe(487 / 500);
  });

  test("refuses a retry it cannot pay, with a stop reason of its own, and says so", async () => {
    const budget = retryBudget({ style: "tokens", capacity: 20 });
    const onDenied = vi.fn();
    budget.onDenied(onDenied);
    const policy = retry({ budget, backoff: 0, maxAttempts: 10 });
    const error = await run(policy, transient(), ...Array.from({ length: 9 }, transient));
    expect(attemptsOf(error)).toMatchObject({ stopReason: "budget", attempts: [{ number: 1 }, { number: 2 }] });
    expect(budget.denied).toBe(1);
    expect(onDenied).toHaveBeenCalledWith({ scope: "", level: 6 / 20, denied: 1, call: undefined });
  });

  test("is one over many policies", async () => {
    const budget = retryBudget({ style: "tokens", capacity: 14 });
    const [one, other] = [retry({ budget, backoff: 0 }), retry({ budget, backoff: 0 })];
    await run(one, transient(), transient());
    expect(attemptsOf(await run(other, transient(), transient()))?.stopReason).toBe("budget");
  });

  test("is separate for each key of its scope, and drops the keys longest unused", async () => {
    const budget = retryBudget({ style: "tokens", capacity: 14, scope: (call) => call?.region ?? "", maxScopes: 2 });
    const policy = retry({ budget, backoff: 0 });
    const inRegion = (region: string) =>
      beginCall((context) => policy.executeWithin(context, () => Promise.reject(transient())), {
        call: { region },
      }).catch(attemptsOf);
    await inRegion("a");
    expect([budget.levelOf("a"), budget.levelOf("b")]).toEqual([0, 1]);
    await expect(inRegion("b")).resolves.toMatchObject({ stopReason: "budget", attempts: { length: 2 } });
    await inRegion("a"); // used again, so that b is now the one longest unused
    await inRegion("c");
    expect(["a", "b", "c"].map(budget.levelOf)).toEqual([0, 1, 0]);
  });
});

describe("a budget by ratio", () => {
  const failAlways = (policy: ReturnType<typeof retry>) =>
    policy.execute(() => Promise.reject(transient())).catch(attemptsOf);

  test("allows retries for 20 % of the calls of the last 10 s", async () => {
    const clock = manualClock();
    const budget = retryBudget({ style: "ratio", minConcurrent: 0, clock });
    const policy = retry({ budget, backoff: 0, maxAttempts: 2 });
    for (let i = 0; i < 99; i++) await policy.execute(() => 1);
    const ledgers = [];
    for (let i = 0; i < 26; i++) ledgers.push(await failAlways(policy));
    // 100 to 125 calls: the nth of them may retry while retries stay within a fifth
    expect(ledgers.filter((ledger) => ledger?.stopReason === "attempts")).toHaveLength(25);
    expect(ledgers.at(-1)?.stopReason).toBe("attempts");
    expect(budget.level).toBe(0);
  });

  test("forgets what is older than its window", async () => {
    const clock = manualClock();
    const budget = retryBudget({ style: "ratio", minConcurrent: 0, clock });
    const policy = retry({ budget, backoff: 0, maxAttempts: 2 });
    for (let i = 0; i < 100; i++) await policy.execute(() => 1);
    await clock.advance(11_000);
    await expect(failAlways(policy)).resolves.toMatchObject({ stopReason: "budget" });
  });

  test("always allows three calls to retry at once, and no fourth", async () => {
    const clock = manualClock();
    const budget = retryBudget({ style: "ratio", ratio: 0, clock });
    const policy = retry({ budget, backoff: 1_000, maxAttempts: 3, clock });
    const ledgers: unknown[] = [];
    for (let i = 0; i < 4; i++) failAlways(policy).then((ledger) => ledgers.push(ledger?.stopReason));
    await clock.advance(0);
    expect(ledgers).toEqual(["budget"]);
    await clock.advance(2_000);
    expect(ledgers).toEqual(["budget", "attempts", "attempts", "attempts"]);
    failAlways(policy).then((ledger) => ledgers.push(ledger?.stopReason));
    await clock.advance(2_000);
    expect(ledgers.at(-1)).toBe("attempts");
  });

  test("gets its place back from a call that succeeds", async () => {
    const budget = retryBudget({ style: "ratio", ratio: 0, minConcurrent: 1 });
    const policy = retry({ budget, backoff: 0 });
    for (let i = 0; i < 3; i++) await expect(run(policy, transient())).resolves.toBe("value");
    expect([budget.level, budget.denied]).toEqual([1, 0]);
  });

  test("gets its place back from a call that was given up, though the function hangs", async () => {
    const budget = retryBudget({ style: "ratio", ratio: 0, minConcurrent: 1 });
    const policy = retry({ budget, backoff: 0 });
    const controller = new AbortController();
    const hangsAtRetry = ({ attempt }: { attempt: number }) =>
      attempt === 1 ? Promise.reject(transient()) : new Promise<never>(() => {});
    const given = policy.execute(hangsAtRetry, controller.signal).catch((reason: unknown) => reason);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(failAlways(policy)).resolves.toMatchObject({ stopReason: "budget" });
    controller.abort("stop");
    await expect(given).resolves.toBe("stop");
    await expect(failAlways(policy)).resolves.toMatchObject({ stopReason: "attempts" });
  });

  test("or allows ten retries a second, if that is its floor", async () => {
    const clock = manualClock();
    const budget = retryBudget({ style: "ratio", ratio: 0, minPerSecond: 10, clock });
    const policy = retry({ budget, backoff: 0, maxAttempts: 2, clock });
    const reasons: unknown[] = [];
    for (let i = 0; i < 101; i++) reasons.push((await failAlways(policy))?.stopReason);
    expect(reasons.lastIndexOf("attempts")).toBe(99);
    expect(reasons[100]).toBe("budget");
  });
});

test.each([
  { style: "coins" },
  { style: "tokens", capacity: -1 },
  { style: "tokens", retryCost: Number.NaN },
  { style: "ratio", ratio: 2 },
  { style: "ratio", windowMs: 0 },
  { style: "tokens", maxScopes: 0 },
  { style: "tokens", ratio: 0.2 },
  { style: "ratio", capacity: 500 },
])("refuses %o", (options) => {
  expect(() => retryBudget(options as never)).toThrow(OptionError);
});

test("a scope that cannot be named rejects the call, alone and around other policies", async () => {
  const nameless = new Error("no name");
  const budget = retryBudget({
    style: "tokens",
    scope: () => {
      throw nameless;
    },
  });
  await expect(retry({ budget }).execute(() => 1)).rejects.toBe(nameless);
  const composed = compose(retry({ budget }), timeout({ timeoutMs: 1_000 }));
  await expect(composed.execute(() => 1)).rejects.toBe(nameless);
});
