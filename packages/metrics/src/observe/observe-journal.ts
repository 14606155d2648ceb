import { type EventFacts, type Observation, wordIn } from "./observation.ts";

/** Records how a journal's transactions and steps begin and end. */
export function observeJournal(journal: object, observation: Observation): void {
  const { instruments, name } = observation;
  const outcomeIn = (facts: EventFacts) => wordIn(facts, "outcome") ?? wordIn(facts, "state");
  observation.on(journal, "onTransaction", (facts) => {
    const outcome = outcomeIn(facts);
    observation.keep(instruments.journalTransactions.with({ policy: name, outcome })).add();
    if (outcome === "parked") observation.keep(instruments.journalParked.with({ policy: name })).add();
  });
  observation.on(journal, "onStep", (facts) => {
    const dimensions = { policy: name, operation: wordIn(facts, "operation"), outcome: outcomeIn(facts) };
    observation.keep(instruments.journalSteps.with(dimensions)).add();
  });
}
