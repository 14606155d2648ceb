import { presets } from "./presets.ts";
import type { RetryOptions } from "./retry-options.ts";
import { type Executor, executorOf } from "./with-retry.ts";

type AsyncMethod<This, Arguments extends unknown[], Result> = (this: This, ...given: Arguments) => Promise<Result>;

type MethodDecorator = <This, Arguments extends unknown[], Result>(
  method: AsyncMethod<This, Arguments, Result>,
  context: ClassMethodDecoratorContext<This>,
) => AsyncMethod<This, Arguments, Result>;

/**
 * A TC39 decorator that retries an async method. All instances share one policy, and so its budget.
 *
 * @throws OptionError where the class is defined, if an option is out of range.
 */
export function retryable(options: RetryOptions | Executor = {}): MethodDecorator {
  return (method, context) => {
    const policy = executorOf("execute" in options ? options : { name: String(context.name), ...options });
    return function retried(...given) {
      return policy.execute(() => method.apply(this, given));
    };
  };
}

/** {@link retryable} with the preset `throttleOnly`: only throttling is retried. */
export function retryOnThrottle(overrides: RetryOptions = {}): MethodDecorator {
  return retryable(presets.throttleOnly(overrides));
}
