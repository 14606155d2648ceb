import { type Clock, systemClock } from "@holdfast/errors/policy";
import type { CircuitReport, CircuitStore } from "./circuit-store.ts";

/** A store within this process: for tests, and for workers that share it. */
export function memoryCircuitStore({ now }: Pick<Clock, "now"> = systemClock): CircuitStore {
  const reports = new Map<string, CircuitReport>();
  const keyOf = (circuit: string, member: string) => JSON.stringify([circuit, member]);
  return {
    async report(report) {
      reports.set(keyOf(report.circuit, report.member), report);
    },
    async withdraw(circuit, member) {
      reports.delete(keyOf(circuit, member));
    },
    async reports() {
      for (const [key, { openUntil }] of reports) if (openUntil <= now()) reports.delete(key);
      return [...reports.values()];
    },
  };
}
