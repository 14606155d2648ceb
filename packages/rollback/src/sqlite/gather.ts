import type { Inbox } from "./inbox.ts";
import type { AppendMessage } from "./worker-message.ts";

const share = 0.2;
const shortestMs = 0.15; // in less nobody is back: an answer, the rest of the step and the next append take as long
const longestMs = 2;

/** The commit before, as far as the next one depends on it. */
export interface LastCommit {
  readonly appends: number;
  readonly ms: number;
}

/**
 * Takes what belongs into one commit: all appends that have arrived. Those whose appends the last commit answered come back with their
 * next ones soon, so where a flush is slow the commit waits for them, for at most a fifth of what the last one took: side by side,
 * transactions then share each flush instead of every other one. A single writer never waits, and none where a flush is fast.
 *
 * `first` is the first append of the commit; `waited` says that it was not there yet when the last commit had been answered.
 */
export function gather(
  inbox: Pick<Inbox, "takeAppend">,
  first: AppendMessage,
  last: LastCommit,
  waited: boolean,
  now: () => number = () => performance.now(),
): readonly AppendMessage[] {
  const messages = [first];
  let appends = first.batch.length;
  const take = (timeoutMs: number) => {
    const message = inbox.takeAppend(timeoutMs);
    if (message === undefined) return false;
    messages.push(message);
    appends += message.batch.length;
    return true;
  };
  while (take(0));
  // Those that came while the last commit was made are not among those it answered.
  const expected = last.appends + (waited ? 0 : appends);
  const wait = Math.min(last.ms * share, longestMs);
  const until = now() + wait;
  while (wait >= shortestMs && appends < expected) {
    const timeoutMs = until - now();
    if (timeoutMs <= 0 || !take(timeoutMs)) break;
  }
  return messages;
}
