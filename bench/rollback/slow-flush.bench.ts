import { atLeast, atMost, report, smoke } from "../report.ts";
import { type ContenderName, Contest, titleOf } from "./contest.ts";
import { flushDelay } from "./flush-delay.ts";
import { peers } from "./peers/peers.ts";

// The same steps on a disk whose flush takes 1 ms more, as network disks do. The kernel holds each fsync and fdatasync
// of every contender, and of its server, for so long before it does it.

const delayMs = 1;
const delay = flushDelay(delayMs);

if ("impossible" in delay) {
  console.log(`not measured: flushes cannot be delayed here: ${delay.impossible}`);
  report("rollback-slow-flush", { impossible: delay.impossible }, []);
} else {
  const peerNames = Object.keys(peers) as (keyof typeof peers)[];
  const present = peerNames.filter((name) => !smoke && peers[name].missing() === undefined);
  const names: readonly ContenderName[] = ["raw", "record-after", "journal", ...present];
  const contest = new Contest({
    names: smoke ? ["raw", "journal"] : names,
    sizes: smoke ? [1, 256] : [1, 16, 256],
    rounds: smoke ? 1 : 5,
    warmUpMs: smoke ? 0 : 500,
    durationMs: smoke ? 100 : 1_000,
    under: delay.command,
  });
  delay.remove();
  console.log(`each fsync and fdatasync takes ${delayMs} ms more`);
  contest.print();
  for (const name of peerNames.filter((name) => !present.includes(name)))
    console.log(`${titleOf(name)}: not measured: ${smoke ? "not in a smoke run" : peers[name].missing()}`);

  const p50 = (name: ContenderName) => contest.figure(name, 1, ({ p50Ms }) => p50Ms);
  const goals = [
    atMost("p50 of a step at 1, beside a raw flush", p50("journal") / p50("raw"), 1.35, "x"),
    atLeast("steps beside raw fdatasync at 256", contest.ratio("journal", "raw", 256), 40, "x"),
    atMost(
      "event loop p99 at 256 transactions",
      contest.figure("journal", 256, ({ loopP99Ms }) => loopP99Ms),
      5,
      " ms",
    ),
    atMost(
      "event loop longest at 256 transactions",
      contest.figure("journal", 256, ({ loopMaxMs }) => loopMaxMs),
      20,
      " ms",
    ),
  ];
  report("rollback-slow-flush", contest.measured, goals);
}
