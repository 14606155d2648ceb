import { type Verdict, verdict } from "./verdict.ts";

// Every verdict that a table gives, by name.

export const tooFast: Verdict = verdict("throttling", "throttling");
export const quotaReached: Verdict = verdict("quota", "never");
export const localLimit: Verdict = verdict("limit-reached", "transient");
export const circuitOpen: Verdict = verdict("circuit-open", "never");

export const unavailable: Verdict = verdict("service", "transient");
/** A gateway answered for the service, whose fate is unknown: the call may have taken effect. */
export const unavailableBehindGateway: Verdict = verdict("service", "if-idempotent");
export const unserved: Verdict = verdict("service", "never");
export const noCapacity: Verdict = verdict("provisioning", "transient");

/** The request may have arrived. */
export const cutOff: Verdict = verdict("network", "if-idempotent");
/** No request left this machine, or it was refused unread. */
export const unreachable: Verdict = verdict("network", "transient");
/** Something in between answered, and would again. */
export const intercepted: Verdict = verdict("network", "never");
export const timedOut: Verdict = verdict("timeout", "if-idempotent");
export const timedOutBeforeEffect: Verdict = verdict("timeout", "transient");

export const staleCredentials: Verdict = verdict("authentication", "after-refresh");
export const staleSignature: Verdict = verdict("authentication", "transient");
export const badCredentials: Verdict = verdict("authentication", "never");
export const denied: Verdict = verdict("authorization", "never");

export const notFound: Verdict = verdict("not-found", "never");
export const contended: Verdict = verdict("conflict", "transient");
/** The previous request still runs: as long a pause as after throttling, but the caller's rate is not at fault. */
export const stillRunning: Verdict = verdict("conflict", "throttling");
export const duplicate: Verdict = verdict("conflict", "never");
export const invalid: Verdict = verdict("validation", "never");
export const wrongState: Verdict = verdict("state", "never");
export const notReady: Verdict = verdict("state", "transient");
export const keyUnusable: Verdict = verdict("encryption", "never");
export const keyUnavailable: Verdict = verdict("encryption", "transient");

export const misconfigured: Verdict = verdict("configuration", "never");
export const dependencyMissing: Verdict = verdict("dependency", "never");
export const storageFailed: Verdict = verdict("storage", "never");
export const defect: Verdict = verdict("defect", "never");
export const aborted: Verdict = verdict("aborted", "never");
export const unknown: Verdict = verdict("unknown", "never");
