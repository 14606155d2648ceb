/**
 * Flushes when one of some signals comes, and then lets the signal do what it would have done: with no other listener,
 * the process ends by it. Returns what stops it.
 */
export function flushOnSignals(signals: readonly NodeJS.Signals[], flush: () => Promise<unknown>): () => void {
  async function onSignal(signal: NodeJS.Signals): Promise<void> {
    await flush();
    process.off(signal, onSignal);
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    else process.on(signal, onSignal);
  }
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
