import { type Clock, setIdleTimeout, type Timer } from "./clock.ts";

/**
 * Runs something with a signal, and waits for it so long at most: then the signal aborts, and the promise rejects with a
 * `TimeoutError`. What returns no promise has run when this returns.
 */
export async function withinTime(
  clock: Clock,
  limitMs: number,
  run: (signal: AbortSignal) => void | Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const running = run(controller.signal);
  if (running === undefined) return;
  let timer: Timer;
  const tooLate = new Promise<never>((_, reject) => {
    const abandon = () => {
      controller.abort(new DOMException(`It took longer than ${limitMs} ms`, "TimeoutError"));
      reject(controller.signal.reason);
    };
    timer = setIdleTimeout(clock, abandon, limitMs);
  });
  await Promise.race([running, tooLate]).finally(() => clock.clearTimeout(timer));
}
