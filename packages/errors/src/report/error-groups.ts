import type { ErrorRecord } from "./error-record.ts";

/** Errors of one sort: same kind, code, service and operation. */
export interface ErrorGroup {
  readonly group: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The newest of them. */
  readonly latest: ErrorRecord;
}

/** Records by sort, the most frequent first. */
export function groupsOf(records: readonly ErrorRecord[]): readonly ErrorGroup[] {
  return [...Map.groupBy(records, ({ group }) => group)]
    .map(([group, members]) => {
      const inOrder = members.toSorted((a, b) => a.at - b.at);
      const first = inOrder[0] as ErrorRecord; // a group has a member
      const latest = inOrder.at(-1) as ErrorRecord;
      return { group, count: members.length, firstAt: first.at, lastAt: latest.at, latest };
    })
    .sort((a, b) => b.count - a.count || b.lastAt - a.lastAt);
}
