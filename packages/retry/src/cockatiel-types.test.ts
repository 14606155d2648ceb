import { compose } from "@holdfast/errors";
import * as cockatiel from "cockatiel";
import { handleAll, type IDefaultPolicyContext, type IPolicy, type IRetryContext, wrap } from "cockatiel";
import { expect, expectTypeOf, test } from "vitest";
import { fallback } from "./fallback.ts";
import { hedge } from "./hedge.ts";
import { retry } from "./retry.ts";
import { retryable } from "./retryable.ts";
import { timeout } from "./timeout.ts";

const breaker = () =>
  cockatiel.circuitBreaker(handleAll, { breaker: new cockatiel.ConsecutiveBreaker(1), halfOpenAfter: 1 });

test("ours are its IPolicy, whatever context and alternative is asked for", () => {
  const policies: IPolicy[] = [retry(), timeout({ timeoutMs: 1 }), hedge({ delayMs: 1 }), breaker()];
  const counting: IPolicy<IRetryContext> = retry();
  const answering: IPolicy<IDefaultPolicyContext, string> = fallback({ to: () => "else" });
  const several: IPolicy = compose(retry(), breaker(), timeout({ timeoutMs: 1 }));
  const listening: cockatiel.IDisposable = several.onSuccess(({ duration }) => void duration);
  expect([...policies, counting, answering]).toHaveLength(6);
  expectTypeOf(wrap(...policies)).toExtend<IPolicy>();
  listening.dispose();
});

test("what they add to the context, and answer instead, is known in its wrap and in ours", () => {
  const inTheirs = wrap(retry(), breaker(), fallback({ to: () => 1 }), compose(timeout({ timeoutMs: 1 })));
  const run = () =>
    inTheirs.execute(({ signal, attempt, deadline }) => {
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      expectTypeOf(attempt).toEqualTypeOf<number>();
      expectTypeOf(deadline).toEqualTypeOf<number | undefined>();
      return "value";
    });
  expectTypeOf(run).returns.resolves.toEqualTypeOf<string | number>();
  const inOurs = compose(inTheirs, cockatiel.fallback(handleAll, true), retry());
  const runInOurs = () => inOurs.execute(({ attempt }) => `${attempt}`);
  expectTypeOf(runInOurs).returns.resolves.toEqualTypeOf<string | number | boolean>();
});

test("its back-offs are taken", () => {
  const { ConstantBackoff, DelegateBackoff, ExponentialBackoff, IterableBackoff } = cockatiel;
  for (const backoff of [new ConstantBackoff(1), new ExponentialBackoff(), new IterableBackoff([1])]) {
    expect(retry({ backoff }).kind).toBe("retry");
  }
  expect(retry({ backoff: new DelegateBackoff(({ attempt }) => attempt * 10) }).kind).toBe("retry");
});

test("a decorator takes what is a promise already, and nothing else", () => {
  const decorate = retryable();
  const method = { kind: "method", name: "read" } as ClassMethodDecoratorContext;
  const getter = { kind: "getter", name: "value" } as ClassGetterDecoratorContext;
  expect([decorate(async () => 1, method), decorate(async () => 1, getter)]).toHaveLength(2);
  // @ts-expect-error a synchronous method would silently become a promise
  expect(decorate(() => 1, method)).toBeTypeOf("function");
  // @ts-expect-error a field has no method yet
  expect(() => decorate(undefined, { kind: "field" } as ClassFieldDecoratorContext)).toThrow("method or getter");
});
