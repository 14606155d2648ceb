import type { Backoff, RetryBudget } from "../../packages/retry/src/index.ts";
import { FleetClock } from "./fleet-clock.ts";

export interface BrownOutOptions {
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  /** One for each process of the fleet. */
  readonly makeBudget?: ((clock: FleetClock) => RetryBudget) | undefined;
}

export interface BrownOutResult {
  /** Calls answered in time, for each second. */
  readonly goodput: readonly number[];
  /** Attempts that reached the service, for each second. */
  readonly load: readonly number[];
}

export const seconds = 120;
/** New calls a second, of the whole fleet. */
export const arrivalsPerSecond = 700;
/** When the service is slow, in seconds. */
export const brownOut = { from: 20, to: 30 };

const capacityPerSecond = 1_000;
const brownOutPerSecond = 200;
/** Requests the service holds; it refuses what comes beyond. */
const queueLength = 3_000;
/** Callers wait so long, in milliseconds; the service does not know, and works on. */
const patienceMs = 1_000;
const processes = 50;

/**
 * A fleet that calls one service, which is slow for ten seconds. Callers that gave up call again, and the service
 * works on requests that nobody waits for any more: whether it gets out of that is what is shown.
 */
export function brownOutOf(
  { maxAttempts, backoff, makeBudget }: BrownOutOptions,
  random: () => number,
): BrownOutResult {
  const clock = new FleetClock();
  const goodput = new Array<number>(seconds).fill(0);
  const load = new Array<number>(seconds).fill(0);
  const budgets = Array.from({ length: processes }, () => makeBudget?.(clock));
  const reason = { error: undefined };
  let waiting = 0;
  let freeAt = 0;

  const second = () => Math.min(seconds - 1, Math.floor(clock.now() / 1_000));
  const serviceMs = (at: number) =>
    1_000 / (at >= brownOut.from * 1_000 && at < brownOut.to * 1_000 ? brownOutPerSecond : capacityPerSecond);

  /** Answers `true` when the request is done, `false` at once when the queue is full. */
  function request(answer: (done: boolean) => void): void {
    load[second()]! += 1;
    if (waiting >= queueLength) {
      answer(false);
      return;
    }
    waiting += 1;
    freeAt = Math.max(clock.now(), freeAt) + serviceMs(Math.max(clock.now(), freeAt));
    clock.after(freeAt - clock.now(), () => {
      waiting -= 1;
      answer(true);
    });
  }

  function call(budget: RetryBudget | undefined): void {
    const account = budget?.open(undefined);
    const attempt = (number: number, previousMs: number): void => {
      let settled = false;
      const settle = (inTime: boolean) => {
        if (settled) return;
        settled = true;
        if (inTime) {
          goodput[second()]! += 1;
          account?.succeed();
          account?.close();
        } else if (number >= maxAttempts || account?.canPay(false) === false) account?.close();
        else {
          account?.pay(false);
          const pauseMs = backoff({ retry: number, previousMs, throttling: false, reason, random });
          clock.after(pauseMs, () => attempt(number + 1, pauseMs));
        }
      };
      clock.after(patienceMs, () => settle(false));
      request(settle);
    };
    attempt(1, 0);
  }

  function arrive(): void {
    call(budgets[Math.floor(random() * processes)]);
    clock.after((-Math.log(1 - random()) * 1_000) / arrivalsPerSecond, arrive);
  }

  arrive();
  clock.run(seconds * 1_000);
  return { goodput, load };
}
