import { assertInteger, assertKnownOptions } from "./options.ts";

/** The part of Lambda's context that is read. */
interface InvocationContext {
  getRemainingTimeInMillis?(): number;
}

/** What is flushed. */
interface Flushable {
  flush(): Promise<void>;
}

export interface FlushAfterInvocationOptions {
  /** Milliseconds before the invocation's timeout by which the flush is abandoned. Default 250. */
  readonly marginMs?: number | undefined;
}

/**
 * A Lambda handler that flushes before it answers, whether it succeeds or throws: after the answer the runtime freezes the
 * process, timers and all. The flush ends with the time the invocation has left; what was not delivered waits for the next.
 *
 * @throws OptionError on a wrong option.
 */
export function flushAfterInvocation<Event, Context extends InvocationContext, Result>(
  metrics: Flushable,
  handler: (event: Event, context: Context) => Promise<Result> | Result,
  options: FlushAfterInvocationOptions = {},
): (event: Event, context: Context) => Promise<Result> {
  assertKnownOptions("flushAfterInvocation()", options, { marginMs: 0 });
  const { marginMs = 250 } = options;
  assertInteger("marginMs", marginMs, 0);
  return async (event, context) => {
    try {
      return await handler(event, context);
    } finally {
      await within(metrics.flush(), (context?.getRemainingTimeInMillis?.() ?? 10_000) - marginMs);
    }
  };
}

async function within(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, limitMs));
  });
  await Promise.race([work, tooLate]);
  clearTimeout(timer);
}
