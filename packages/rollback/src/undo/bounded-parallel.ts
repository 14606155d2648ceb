export interface Bounds {
  readonly maxParallel: number;
  readonly maxParallelPerScope: number;
}

/** Runs `work` for every item, so many at a time in all and in each scope; waits for all, then rejects if any did. */
export async function boundedParallel<Item>(
  items: readonly Item[],
  scopeOf: (item: Item) => string,
  { maxParallel, maxParallelPerScope }: Bounds,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.map((item) => ({ item, scope: scopeOf(item) }));
  const runningByScope = new Map<string, number>();
  let running = 0;
  let failure: { readonly error: unknown } | undefined;
  const idle = Promise.withResolvers<void>();
  const startNext = () => {
    while (running < maxParallel && failure === undefined) {
      const index = waiting.findIndex(({ scope }) => (runningByScope.get(scope) ?? 0) < maxParallelPerScope);
      if (index < 0) break;
      start(waiting.splice(index, 1)[0]!);
    }
    if (running === 0) idle.resolve();
  };
  const start = ({ item, scope }: (typeof waiting)[number]) => {
    running += 1;
    runningByScope.set(scope, (runningByScope.get(scope) ?? 0) + 1);
    work(item)
      .catch((error) => {
        failure ??= { error };
      })
      .finally(() => {
        running -= 1;
        runningByScope.set(scope, runningByScope.get(scope)! - 1);
        startNext();
      });
  };
  startNext();
  await idle.promise;
  if (failure !== undefined) throw failure.error;
}
