import type { ReplicatorEvent } from "../replication/open-replicator.ts";
import type { Screen } from "./screen.ts";

/** Shows a run as it goes: how far it is, each turn of a circuit, and each undo. */
export function showEvents(screen: Screen): (event: ReplicatorEvent) => void {
  let total = 0;
  let done = 0;
  return (event) => {
    switch (event.type) {
      case "listed":
        total = event.total;
        done = 0;
        return;
      case "secret":
        done += 1;
        screen.progress(done, total, `${event.name} ${event.outcome}`);
        screen.fact("secret", { name: event.name, outcome: event.outcome });
        return;
      case "circuit": {
        const { circuit, from, to, reason } = event;
        screen.line(`circuit ${circuit}: ${from} → ${to} (${reason})`, to === "closed" ? "good" : "warn");
        screen.fact("circuit", { circuit, from, to, reason });
        return;
      }
      case "rolling-back":
        screen.line(
          `${event.name} failed: ${(event.error as Error).name}; undoing what was changed, last first`,
          "warn",
        );
        return;
      case "step":
        if (event.change !== "undone") return;
        screen.fact("undone", { step: event.step, operation: event.operation, name: event.name });
        return;
      case "progress":
        if (event.phase === "undo") screen.progress(event.done, event.total ?? event.done, "undone");
        return;
      default:
    }
  };
}
