import type { ReplicatorEvent } from "../replication/open-replicator.ts";
import type { Screen } from "./screen.ts";

export interface ShowEventsOptions {
  /** Whether to say in which region; for work on several at once. Default false. */
  readonly namesRegion?: boolean;
}

type Turn = Extract<ReplicatorEvent, { readonly type: "circuit" }>;

/** Shows a run as it goes: how far it is, where a circuit opens, probes and closes, and each undo. */
export function showEvents(
  screen: Screen,
  { namesRegion = false }: ShowEventsOptions = {},
): (event: ReplicatorEvent) => void {
  let total = 0;
  let done = 0;
  const where = ({ region }: { readonly region: string }) => (namesRegion ? ` in ${region}` : "");
  const probing = new Set<string>();
  /** An outage that lasts is told once: after its first probe failed, nothing is new until one succeeds. */
  const isNews = ({ circuit, to, reason }: Turn): boolean => {
    if (to === "closed") probing.delete(circuit);
    if (to === "half-open" && probing.has(circuit)) return false;
    if (to === "half-open") probing.add(circuit);
    return to !== "open" || reason !== "probe-failed";
  };
  return (event) => {
    switch (event.type) {
      case "listed":
        if (done >= total) [total, done] = [0, 0]; // what came before is over; else it goes on beside this
        total += event.total;
        return;
      case "secret":
        done += 1;
        if (event.outcome !== "not-tried")
          screen.progress(done, total, `${event.name} ${event.outcome}${where(event)}`);
        screen.fact("secret", { name: event.name, outcome: event.outcome, region: event.region });
        return;
      case "circuit": {
        const { circuit, from, to, reason } = event;
        if (isNews(event))
          screen.line(`circuit ${circuit}: ${from} → ${to} (${reason})`, to === "closed" ? "good" : "warn");
        screen.fact("circuit", { circuit, from, to, reason });
        return;
      }
      case "rolling-back":
        screen.line(
          `${event.name} failed${where(event)}: ${(event.error as Error).name}; what was changed is undone, last first`,
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
