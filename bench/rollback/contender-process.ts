import { contenders } from "./contenders.ts";
import type { Contender, Run } from "./measure.ts";
import { peers } from "./peers/peers.ts";

// contender-process.ts NAME WARM_UP_MS DURATION_MS TRANSACTIONS...: one contender in a process of its own, so that none runs in another's
// heap or beside another's timers. Prints its settings, and one run per number of transactions, as JSON.

const [name = "", warmUpMs, durationMs, ...sizes] = process.argv.slice(2);
const contender: Contender =
  name in contenders ? contenders[name as keyof typeof contenders] : await peers[name as keyof typeof peers].start();
const runs: Record<string, Run> = {};
for (const size of sizes.map(Number)) {
  if (Number(warmUpMs) > 0) await contender.run(size, Number(warmUpMs));
  runs[size] = await contender.run(size, Number(durationMs));
}
await contender.close?.();
console.log(JSON.stringify({ settings: contender.settings, runs }));
process.exit();
