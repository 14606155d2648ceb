import { expect, test, vi } from "vitest";
import type { Outcome } from "../outcome.ts";
import { circuitProbe, firstAttempt, Learner } from "./learner.ts";

function learning() {
  const onRecover = vi.fn();
  const learner = new Learner({ maxConcurrent: 100, random: () => 0, onRecover });
  const send = (now: number) => {
    const number = learner.admit(now, false, firstAttempt);
    expect(number).toBeGreaterThan(0);
    return (outcome: Outcome, endsAt: number) => learner.end(outcome, { number, at: now }, endsAt);
  };
  /** Sends a call as soon as one may go, which takes no time; the time at which it went. */
  const probe = (now: number, outcome: Outcome) => {
    const at = now + Math.max(0, learner.readyInMs(now, firstAttempt));
    send(at)(outcome, at);
    return at;
  };
  return { learner, onRecover, send, probe };
}

test("what becomes of calls sent before an outage says nothing of the limit", () => {
  const { learner, send } = learning();
  const [first, second, third, fourth] = [send(0), send(0), send(0), send(0)];
  for (const end of [first, second, third]) end!("failed", 10);
  const readyInMs = learner.readyInMs(11, firstAttempt);
  fourth!("throttled", 11);
  expect(learner.readyInMs(11, firstAttempt)).toBe(readyInMs);
  expect(learner.holdsBack(circuitProbe)).toBe(false); // closed for the outage still
});

test("tells that it has recovered from an outage, not from throttling", () => {
  const { learner, onRecover, send, probe } = learning();
  send(0)("throttled", 10);
  expect(learner.holdsBack(circuitProbe)).toBe(true);
  const now = probe(10, "answered");
  expect([learner.holdsBack(firstAttempt), onRecover.mock.calls.length]).toEqual([false, 0]);
  for (const at of [now, now + 1, now + 2]) probe(at, "failed");
  probe(now + 2, "answered");
  expect([learner.holdsBack(firstAttempt), onRecover.mock.calls.length]).toEqual([false, 1]);
});

test("a probe into throttling that fails is the first into an outage, which ends what was known of the bucket", () => {
  const { learner, send, probe } = learning();
  send(0)("throttled", 10);
  let now = probe(10, "failed");
  expect(learner.holdsBack(circuitProbe)).toBe(false);
  now = probe(now, "failed");
  probe(now, "throttled"); // between this moment and the first, calls may have been counted that cost nothing
  expect(learner.perSecond).toBeUndefined();
});
