import { type Observation, wordIn } from "./observation.ts";

/** Records how a journal's transactions and steps change, and which wait for a person. */
export function observeJournal(journal: object, observation: Observation): void {
  const { instruments, name } = observation;
  observation.on(journal, "onTransaction", (facts) => {
    const change = wordIn(facts, "change");
    observation.keep(instruments.journalTransactions.with({ policy: name, change })).add();
    if (change === "parked") observation.keep(instruments.journalParked.with({ policy: name })).add();
  });
  observation.on(journal, "onStep", (facts) => {
    const dimensions = { policy: name, operation: wordIn(facts, "operation"), change: wordIn(facts, "change") };
    observation.keep(instruments.journalSteps.with(dimensions)).add();
  });
}
