import type { Backoff } from "../../packages/retry/src/index.ts";
import { FleetClock } from "./fleet-clock.ts";
import { normal } from "./fleet-random.ts";

export interface ContentionResult {
  /** When the last client had written, in milliseconds. */
  readonly timeMs: number;
  /** Writes tried, by all clients. */
  readonly calls: number;
}

/**
 * Clients that each write one row once, under an optimistic lock: read the version, write if it is still that one,
 * else pause and read again. A hop over the network takes |N(10, 2)| ms. As in the simulation of the AWS
 * Architecture Blog's article on exponential back-off and jitter.
 */
export function contend(clients: number, backoff: Backoff, random: () => number): ContentionResult {
  const clock = new FleetClock();
  const hop = () => Math.abs(normal(10, 2, random));
  let version = 0;
  let calls = 0;
  let timeMs = 0;

  function readThenWrite(retry: number, pauseMs: number): void {
    clock.after(pauseMs + hop(), () => {
      const seen = version;
      clock.after(hop() + hop(), () => {
        calls += 1;
        const written = version === seen;
        if (written) version += 1;
        clock.after(hop(), () => {
          if (written) timeMs = clock.now();
          else again(retry + 1, pauseMs);
        });
      });
    });
  }

  function again(retry: number, previousMs: number): void {
    const reason = { error: undefined };
    readThenWrite(retry, backoff({ retry, previousMs, throttling: false, reason, random }));
  }

  for (let client = 0; client < clients; client++) readThenWrite(0, 0);
  clock.run();
  return { timeMs, calls };
}
