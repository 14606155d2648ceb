import type { Backoff, RetryBudget } from "../../packages/retry/src/index.ts";
import { FleetClock } from "./fleet-clock.ts";
import { normal } from "./fleet-random.ts";

export interface RateLimitResult {
  /** When the last job was done, in milliseconds. */
  readonly timeMs: number;
  /** Calls made, by all clients. */
  readonly calls: number;
}

/** Calls the service admits, a second. */
export const perSecond = 1_000;

/** Calls it admits at once after a quiet time. */
const burst = 100;

/** A job that its client gives up comes back after this, as a message does to a queue. */
const redeliveredAfterMs = 30_000;

/** Clients in one process, which share its budget. */
const clientsPerProcess = 100;

/** Clients with one job each, which all start at once, against one rate limit. A job without a budget is tried until it is done. */
export function share(
  clients: number,
  backoff: Backoff,
  random: () => number,
  makeBudget?: (clock: FleetClock) => RetryBudget,
): RateLimitResult {
  const clock = new FleetClock();
  const hop = () => Math.abs(normal(10, 2, random));
  const reason = { error: undefined };
  const budgets: RetryBudget[] = [];
  let tokens = burst;
  let refilledAt = 0;
  let calls = 0;
  let timeMs = 0;

  function admits(): boolean {
    calls += 1;
    tokens = Math.min(burst, tokens + ((clock.now() - refilledAt) * perSecond) / 1_000);
    refilledAt = clock.now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  function budgetOf(client: number): RetryBudget | undefined {
    if (makeBudget === undefined) return undefined;
    const process = Math.floor(client / clientsPerProcess);
    budgets[process] ??= makeBudget(clock);
    return budgets[process];
  }

  function job(client: number): void {
    const account = budgetOf(client)?.open(undefined);
    const attempt = (retry: number, pauseMs: number): void => {
      clock.after(pauseMs + hop(), () => {
        const admitted = admits();
        clock.after(hop(), () => {
          if (admitted) {
            account?.succeed();
            account?.close();
            timeMs = clock.now();
          } else if (account !== undefined && (retry >= 2 || !account.canPay(true))) {
            account.close();
            clock.after(redeliveredAfterMs * (0.5 + random()), () => job(client));
          } else {
            account?.pay(true);
            const step = { retry: retry + 1, previousMs: pauseMs, throttling: true, reason, random };
            attempt(retry + 1, backoff(step));
          }
        });
      });
    };
    attempt(0, 0);
  }

  for (let client = 0; client < clients; client++) job(client);
  clock.run();
  return { timeMs, calls };
}
