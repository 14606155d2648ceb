import { OptionError } from "@holdfast/errors";
import { presets } from "./presets.ts";
import type { RetryOptions } from "./retry-options.ts";
import { type Executor, executorOf, isExecutor } from "./with-retry.ts";

type AsyncMember<This, Arguments extends unknown[], Result> = (this: This, ...given: Arguments) => Promise<Result>;

type MemberDecorator = <This, Arguments extends unknown[], Result>(
  member: AsyncMember<This, Arguments, Result>,
  context: ClassMethodDecoratorContext<This> | ClassGetterDecoratorContext<This>,
) => AsyncMember<This, Arguments, Result>;

/**
 * A TC39 decorator that retries an async method, or a getter whose value is a promise. All instances share one
 * policy, and so its budget.
 *
 * @throws OptionError where the class is defined, if an option is out of range, or the decorator stands elsewhere or is
 * compiled as one of TypeScript's old kind (`experimentalDecorators`), which would take the method away.
 */
export function retryable(options: RetryOptions | Executor = {}): MemberDecorator {
  return (member, context) => {
    assertMember(context);
    const policy = executorOf(
      isExecutor(options) ? options : { ...options, name: options?.name ?? String(context.name) },
    );
    return function retried(...given) {
      return policy.execute(() => member.apply(this, given));
    };
  };
}

/** {@link retryable} with the preset `throttleOnly`: only throttling is retried. */
export function retryOnThrottle(overrides: RetryOptions = {}): MemberDecorator {
  return retryable(presets.throttleOnly(overrides));
}

function assertMember(context: { readonly kind?: string } | undefined): void {
  if (context?.kind === "method" || context?.kind === "getter") return;
  const where = "on an async method or getter, as a TC39 decorator (without `experimentalDecorators`)";
  throw new OptionError("@retryable", where, context?.kind ?? context);
}
