import { describe, expect, test } from "vitest";
import { gather, type LastCommit } from "./gather.ts";
import type { AppendMessage } from "./worker-message.ts";

const request = { transaction: "t", position: 0, body: "", hash: "", forward: true };
const message = (appends: number): AppendMessage => ({
  type: "append",
  ids: Array.from({ length: appends }, (_, index) => index),
  batch: Array.from({ length: appends }, () => request),
});

/** Gives `arrived` at once and `coming` to those who wait; tells how long they were ready to. */
function inbox(arrived: readonly AppendMessage[], coming: readonly AppendMessage[] = []) {
  const now = [...arrived];
  const later = [...coming];
  const waits: number[] = [];
  return {
    waits,
    takeAppend(timeoutMs: number) {
      if (timeoutMs > 0) waits.push(timeoutMs);
      return now.shift() ?? (timeoutMs > 0 ? later.shift() : undefined);
    },
  };
}

const commit = (box: ReturnType<typeof inbox>, first: AppendMessage, last: LastCommit, waited = true) =>
  gather(box, first, last, waited, () => 0);

const never = { appends: 0, ms: 0 };

describe("a commit takes", () => {
  test("all appends that have arrived, in order", () => {
    const [a, b, c] = [message(1), message(3), message(2)];
    expect(commit(inbox([b, c]), a, never)).toEqual([a, b, c]);
  });

  test("the next append of those the last commit answered", () => {
    const [a, b, c] = [message(2), message(1), message(1)];
    const box = inbox([], [b, c, message(1)]);
    expect(commit(box, a, { appends: 4, ms: 1_000 })).toEqual([a, b, c]);
  });

  test("that of those it answered, besides those that had come meanwhile", () => {
    const [a, b, c] = [message(4), message(2), message(2)];
    expect(commit(inbox([], [b, c]), a, { appends: 4, ms: 1_000 }, false)).toEqual([a, b, c]);
  });

  test("what it has when no more come", () => {
    const a = message(1);
    const box = inbox([]);
    expect(commit(box, a, { appends: 9, ms: 1_000 })).toEqual([a]);
    expect(box.waits).toHaveLength(1);
  });
});

describe("a commit waits", () => {
  test("not at all for a single writer", () => {
    const box = inbox([], [message(1)]);
    expect(commit(box, message(1), { appends: 1, ms: 1_000 })).toHaveLength(1);
    expect(box.waits).toEqual([]);
  });

  test("not at all where a flush is fast: nobody would be back in time", () => {
    const box = inbox([], [message(1)]);
    expect(commit(box, message(1), { appends: 2, ms: 0.3 })).toHaveLength(1);
    expect(box.waits).toEqual([]);
  });

  test("for a fifth of the last commit's time at most, and never longer than 2 ms", () => {
    for (const [ms, longest] of [
      [5, 1],
      [1_000, 2],
    ] as const) {
      const box = inbox([]);
      commit(box, message(1), { appends: 2, ms });
      expect(box.waits).toEqual([longest]);
    }
  });
});
