import type { JournalStore } from "../../src/journal-store.ts";
import type { Seeded } from "./seeded.ts";
import type { SimulatedProcess, Timeline } from "./timeline.ts";
import type { WatchedStore } from "./watched-store.ts";

/**
 * The disk as one process sees it: requests and answers take their time. A process that dies meanwhile may or may not have
 * had its request done.
 */
export function processStore(
  process: SimulatedProcess,
  timeline: Timeline,
  random: Seeded,
  disk: WatchedStore,
): JournalStore {
  const { store } = disk;
  const ask = <T>(work: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const deadRequestsArrive = random.chance(0.5);
      timeline.after(random.integer(0, 2), deadRequestsArrive ? undefined : process, () => {
        work().then(
          (result) => timeline.after(random.integer(0, 2), process, () => resolve(result)),
          (error) => timeline.after(random.integer(0, 2), process, () => reject(error)),
        );
      });
    });
  return {
    kind: "simulated",
    open: async () => {},
    append: (request) => ask(() => disk.append(request)),
    read: (transaction, from) => ask(() => store.read(transaction, from)),
    list: (filter) => ask(() => store.list(filter)),
    readKey: (transaction) => ask(() => store.readKey(transaction)),
    beat: (owner) => ask(() => disk.beat(owner)),
    observe: (owner) => ask(() => store.observe(owner)),
    retire: (owner) => ask(() => store.retire(owner)),
    prune: (before) => ask(() => disk.prune(before)),
    head: () => ask(() => store.head()),
    commits: (after, limit) => ask(() => store.commits(after, limit)),
    members: (first, last) => ask(() => store.members(first, last)),
    close: async () => {},
  };
}
