import type { CircuitReport } from "./circuit-store.ts";

/** An outage that enough members agree on. */
export interface FleetOutageFacts {
  readonly circuit: string;
  readonly members: number;
  /** Until when enough of them say so, in milliseconds since the epoch. */
  readonly openUntil: number;
  /** Since when enough of them have said so, in milliseconds since the epoch. */
  readonly reportedAt: number;
}

/** The circuits that at least `quorum` members other than `self` say are open. Reports that make no sense are passed over. */
export function outagesIn(
  reports: readonly CircuitReport[],
  self: string,
  quorum: number,
  now: number,
): readonly FleetOutageFacts[] {
  const current = reports.filter((report) => isReport(report) && report.member !== self && report.openUntil > now);
  return [...Map.groupBy(current, ({ circuit }) => circuit)].flatMap(([circuit, said]) => {
    const members = new Map(said.map((report) => [report.member, report]));
    if (members.size < quorum) return [];
    const agreed = [...members.values()];
    return {
      circuit,
      members: members.size,
      openUntil: agreed.map(({ openUntil }) => openUntil).toSorted((a, b) => b - a)[quorum - 1]!,
      reportedAt: agreed.map(({ reportedAt }) => reportedAt).toSorted((a, b) => b - a)[quorum - 1]!,
    };
  });
}

function isReport(report: CircuitReport): boolean {
  return (
    typeof report?.circuit === "string" &&
    typeof report.member === "string" &&
    Number.isFinite(report.reportedAt) &&
    Number.isFinite(report.openUntil)
  );
}
