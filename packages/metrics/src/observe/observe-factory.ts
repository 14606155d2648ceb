import { type EventFacts, numberIn, type Observation, wordIn } from "./observation.ts";

/** Records the clients a factory makes, its credential refreshes, and its clients and sockets at each flush. */
export function observeFactory(factory: object, observation: Observation): void {
  const { instruments, name } = observation;
  observation.on(factory, "onClient", (facts) => {
    observation.keep(instruments.factoryClientsMade.with({ policy: name, client: wordIn(facts, "client") })).add();
  });
  for (const [event, outcome] of [
    ["onRefresh", "success"],
    ["onRefreshFailure", "failure"],
  ] as const) {
    observation.on(factory, event, () => {
      observation.keep(instruments.credentialRefreshes.with({ policy: name, outcome })).add();
    });
  }
  const { stats } = factory as { readonly stats?: unknown };
  if (typeof stats !== "function") return;
  const read = (fact: string) => () => numberIn(stats.call(factory) as EventFacts, fact);
  observation.until(instruments.factoryClients.observe(read("clients"), { policy: name }));
  observation.until(instruments.factorySocketsInUse.observe(read("socketsInUse"), { policy: name }));
  observation.until(instruments.factoryRequestsWaiting.observe(read("requestsWaiting"), { policy: name }));
}
