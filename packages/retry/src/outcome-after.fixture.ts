/** Says what a call has come to after so many milliseconds: `{ value }`, the error, or that it still waits. */
export type OutcomeAfter = (ms: number, call: Promise<unknown>) => Promise<unknown>;

/** @param advance moves the fake timers on */
export function outcomeAfter(advance: (ms: number) => Promise<unknown>): OutcomeAfter {
  return async (ms, call) => {
    let outcome: unknown = "still waiting";
    call.then(
      (value) => {
        outcome = { value };
      },
      (reason) => {
        outcome = reason;
      },
    );
    await advance(ms);
    return outcome;
  };
}
