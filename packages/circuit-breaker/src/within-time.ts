import type { Clock } from "@holdfast/errors/policy";

/** Runs `work` with a signal that aborts after `timeoutMs`, and rejects then even if `work` takes no notice. */
export async function withinTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  clock: Clock,
): Promise<T> {
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = clock.setTimeout(() => {
    const error = new DOMException(`The circuit store did not answer within ${timeoutMs} ms`, "TimeoutError");
    controller.abort(error);
    late.reject(error);
  }, timeoutMs);
  try {
    return await Promise.race([work(controller.signal), late.promise]);
  } finally {
    clock.clearTimeout(timer);
  }
}
