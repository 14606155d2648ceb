import type { ClosedState, ForcedClosedState } from "./circuit-state.ts";
import type { Probe } from "./probe-round.ts";

/** Leave to make a call: the state its outcome is counted in. */
export type Pass = ClosedState | ForcedClosedState | Probe | typeof uncounted;

/** Leave to make a call whose outcome counts for nothing. */
export const uncounted = { kind: "uncounted" } as const;
