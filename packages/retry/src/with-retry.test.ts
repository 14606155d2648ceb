import { attemptsOf, OptionError } from "@holdfast/errors";
import { silentLogger } from "@holdfast/errors/policy";
import { transform } from "esbuild";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { deadlineFromLambda } from "./deadline-from-lambda.ts";
import { retry } from "./retry.ts";
import { retryable, retryOnThrottle } from "./retryable.ts";
import { manualClock, noWait } from "./testing.ts";
import { withRetry } from "./with-retry.ts";

const refused = () => Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
const throttled = () => Object.assign(new Error("slow down"), { name: "ThrottlingException" });

describe("withRetry", () => {
  test("keeps arguments, this and types", async () => {
    const account = {
      balance: 1,
      failures: [refused()],
      add: withRetry(async function (this: { balance: number; failures: Error[] }, amount: number) {
        if (this.failures.length > 0) throw this.failures.pop();
        this.balance += amount;
        return this.balance;
      }, noWait()),
    };
    await expect(account.add(2)).resolves.toBe(3);
    expectTypeOf(account.add).parameter(0).toEqualTypeOf<number>();
  });

  test("retries a synchronous function too, and makes it a promise", async () => {
    const failures = [refused(), refused()];
    const parse = withRetry((text: string) => {
      if (failures.length > 0) throw failures.pop();
      return text.length;
    }, noWait());
    await expect(parse("abc")).resolves.toBe(3);
  });

  test("shares a policy that is given", async () => {
    const policy = retry({ ...noWait(), maxAttempts: 2 });
    const onRetry = vi.fn();
    policy.onRetry(onRetry);
    const fail = withRetry(() => Promise.reject(refused()), policy);
    const other = withRetry(() => Promise.reject(refused()), policy);
    await Promise.allSettled([fail(), other()]);
    expect(onRetry).toHaveBeenCalledTimes(2);
  });

  test("refuses bad options, and what is no function, when the function is made", () => {
    expect(() => withRetry(() => 1, { maxAttempts: 0 })).toThrow(OptionError);
    expect(() => withRetry(() => 1, null as never)).toThrow(OptionError);
    expect(() => withRetry(undefined as never)).toThrow("Expected `fn` to be a function");
  });
});

/** Runs a class body as a compiler lowers it: neither Node nor vitest knows decorators yet. */
async function lowered<T>(source: string, names: Record<string, unknown>, compilerOptions = {}): Promise<T> {
  const { code } = await transform(source, { loader: "ts", target: "es2022", tsconfigRaw: { compilerOptions } });
  return new Function(...Object.keys(names), `${code}; return Store;`)(...Object.values(names));
}

interface Store {
  failures: Error[];
  calls: number;
  read(key: string): Promise<string>;
}

describe("the decorators, as built", () => {
  const source = `class Store {
    failures: Error[] = [];
    calls = 0;
    @decorate
    async read(key: string): Promise<string> {
      this.calls += 1;
      if (this.failures.length > 0) throw this.failures.shift();
      return key + "!";
    }
  }`;

  test("@retryable retries a method, with its this and arguments, and names its policy after it", async () => {
    const warn = vi.fn();
    const decorate = retryable({
      ...noWait(),
      retryIf: () => {
        throw new Error("predicate");
      },
      logger: { debug() {}, info() {}, warn, error() {} },
    });
    const Noisy = await lowered<new () => Store>(source, { decorate });
    const noisy = Object.assign(new Noisy(), { failures: [refused()] });
    await expect(noisy.read("a")).rejects.toThrow("refused");
    expect(warn.mock.calls[0]?.[0]).toContain('"read"');
    const Retried = await lowered<new () => Store>(source, { decorate: retryable(noWait()) });
    const store = Object.assign(new Retried(), { failures: [refused(), refused()] });
    await expect(store.read("a")).resolves.toBe("a!");
    expect(store.calls).toBe(3);
  });

  test("@retryable takes a policy", async () => {
    const Retried = await lowered<new () => Store>(source, { decorate: retryable(retry({ maxAttempts: 1 })) });
    const store = Object.assign(new Retried(), { failures: [refused()] });
    await expect(store.read("a")).rejects.toThrow("refused");
  });

  test("@retryable retries static and private methods, and a getter whose value is a promise", async () => {
    const members = `class Store {
      failures: Error[] = [];
      static failures: Error[] = [];
      @decorate static async read(): Promise<string> { return Store.from(this); }
      @decorate async #read(): Promise<string> { return Store.from(this); }
      @decorate get value(): Promise<string> { return this.#read(); }
      static async from({ failures }: { failures: Error[] }): Promise<string> {
        if (failures.length > 0) throw failures.shift();
        return "value";
      }
    }`;
    type Member = { failures: Error[] };
    const Retried = await lowered<
      (new () => Member & { value: Promise<string> }) & Member & { read(): Promise<string> }
    >(members, { decorate: retryable({ ...noWait(), maxAttempts: 2, logger: silentLogger }) });
    Retried.failures = [refused()];
    await expect(Retried.read()).resolves.toBe("value");
    const store = Object.assign(new Retried(), { failures: [refused(), refused(), refused()] });
    await expect(store.value).resolves.toBe("value");
  });

  test("@retryable refuses to stand where it would do harm, and to be compiled as TypeScript's old kind", async () => {
    const field = "class Store { @decorate read = async () => 1; }";
    await expect(lowered(field, { decorate: retryable() })).rejects.toThrow("method or getter, as a TC39 decorator");
    const old = lowered(source, { decorate: retryable() }, { experimentalDecorators: true });
    await expect(old).rejects.toMatchObject({ option: "@retryable", message: expect.stringContaining("experimental") });
  });

  test("@retryOnThrottle retries throttling and nothing else", async () => {
    const Throttled = await lowered<new () => Store>(source, { decorate: retryOnThrottle(noWait()) });
    const store = Object.assign(new Throttled(), { failures: [throttled(), throttled(), throttled(), throttled()] });
    await expect(store.read("a")).resolves.toBe("a!");
    store.failures = [refused()];
    await expect(store.read("a")).rejects.toThrow("refused");
    expect(store.calls).toBe(6);
  });
});

describe("deadlineFromLambda", () => {
  test("is the end of the invocation, less a reserve", () => {
    const clock = manualClock();
    const context = { getRemainingTimeInMillis: () => 3_000 };
    expect(deadlineFromLambda(context, { clock }) - clock.now()).toBe(2_500);
    expect(deadlineFromLambda(context, { clock, reserveMs: 100 }) - clock.now()).toBe(2_900);
    expect(() => deadlineFromLambda(context, { reserveMs: -1 })).toThrow(OptionError);
    expect(() => deadlineFromLambda({} as never)).toThrow(
      "Expected `context.getRemainingTimeInMillis` to be a function",
    );
  });

  test("lets no attempt start that Lambda would cut off", async () => {
    const { clock } = noWait();
    const deadline = deadlineFromLambda({ getRemainingTimeInMillis: () => 3_000 }, { clock });
    const error = refused();
    const policy = retry({ clock, deadline, backoff: 1_000, maxAttempts: 10 });
    await expect(policy.execute(() => Promise.reject(error))).rejects.toBe(error);
    expect(attemptsOf(error)).toMatchObject({ stopReason: "deadline", attempts: { length: 3 } });
  });
});

describe("for tests of your own", () => {
  test("noWait makes pauses take no time, and remembers them", async () => {
    const quick = noWait();
    const startedAt = quick.clock.now();
    const policy = retry({ ...quick, backoff: 60_000 });
    await expect(policy.execute(() => Promise.reject(refused()))).rejects.toThrow("refused");
    expect([quick.clock.waits, quick.clock.now() - startedAt, quick.clock.monotonic()]).toEqual([
      [60_000, 60_000],
      120_000,
      120_000,
    ]);
  });
});
