import { createContext, Script } from "node:vm";

const context = createContext({ work: undefined as unknown });
const script = new Script("work()");
const tries = 5;

/**
 * Runs synchronous work that may never end, such as a pattern that backtracks, and stops it once it has taken so long.
 *
 * What counts is the time it had a processor: V8 stops by the clock, which goes on while a busy machine does something else. Work
 * that was stopped with less than half of its time is run again, with twice as much, up to five times in all. So it must be
 * safe to repeat.
 *
 * @throws OutOfTimeError when it was stopped; what `work` throws.
 */
export function runBounded<Result>(
  work: () => Result,
  limitMs: number,
  processorMs: () => number = ownProcessorMs,
): Result {
  for (let attempt = 1, timeout = limitMs; ; attempt += 1, timeout *= 2) {
    const before = processorMs();
    context.work = work;
    try {
      return script.runInContext(context, { timeout: Math.ceil(timeout) }) as Result;
    } catch (cause) {
      if ((cause as { code?: unknown } | undefined)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw cause;
      const starved = processorMs() - before < limitMs / 2;
      if (!starved || attempt === tries) throw new OutOfTimeError(limitMs, { cause });
    } finally {
      context.work = undefined;
    }
  }
}

/** Work was stopped: it had its time. */
export class OutOfTimeError extends Error {
  override readonly name = "OutOfTimeError";

  constructor(limitMs: number, options?: ErrorOptions) {
    super(`It takes longer than ${limitMs} ms`, options);
  }
}

function ownProcessorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
