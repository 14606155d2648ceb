/** What a replicator's calls cost so far; counted from the events of its policies. */
export interface Figures {
  /** Attempts that were sent. */
  attempts: number;
  retries: number;
  /** Answers that said "too fast". */
  throttled: number;
  /** Calls a circuit refused without sending them. */
  refused: number;
  /** Pauses before retries and waits in the limiter's queue, added up over all calls, in milliseconds. */
  waitedMs: number;
  undone: number;
}

export function noFigures(): Figures {
  return { attempts: 0, retries: 0, throttled: 0, refused: 0, waitedMs: 0, undone: 0 };
}
