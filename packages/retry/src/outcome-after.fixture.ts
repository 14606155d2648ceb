import { vi } from "vitest";

/** What a call has come to after `ms`, in words. */
export async function after(ms: number, call: Promise<unknown>): Promise<unknown> {
  let outcome: unknown = "still waiting";
  call.then(
    (value) => {
      outcome = { value };
    },
    (reason) => {
      outcome = reason;
    },
  );
  await vi.advanceTimersByTimeAsync(ms);
  return outcome;
}
