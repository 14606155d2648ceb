import type { Classification, ErrorKind } from "../classify/classification.ts";

/** What to do next with work that failed. */
export type RecoveryAction = "retry" | "refresh-credentials" | "wait" | "roll-back" | "skip" | "ask-a-person";

export interface RecoveryAdvice {
  /** What to try, best first. The last is always open. */
  readonly actions: readonly [RecoveryAction, ...RecoveryAction[]];
  /** Whether a program may act on it without asking. */
  readonly automatic: boolean;
  /** Why, in one line. */
  readonly reason: string;
}

/** What to do next, by kind of error: the same for every program, so it is data. */
export const recoveryAdviceByKind: Readonly<Record<ErrorKind, RecoveryAdvice>> = {
  aborted: advice("The caller gave up: undo what was begun", true, "roll-back"),
  timeout: advice("It may have taken effect: repeat it only if that is safe", true, "retry", "roll-back"),
  network: advice("Connections come back", true, "retry", "wait", "roll-back"),
  throttling: advice("The rate is allowed again after a pause", true, "wait", "retry"),
  quota: advice("The quota must be raised or room made first", false, "ask-a-person", "skip", "roll-back"),
  service: advice("The service failed, not the request", true, "retry", "wait", "roll-back"),
  authentication: advice("New credentials may be accepted", true, "refresh-credentials", "ask-a-person"),
  authorization: advice("Someone must grant the permission", false, "ask-a-person", "skip", "roll-back"),
  "not-found": advice("What is not there cannot be changed", true, "skip", "ask-a-person"),
  conflict: advice("Read the present state, then decide anew", true, "retry", "skip", "ask-a-person"),
  validation: advice("The input must be corrected first", false, "ask-a-person", "skip", "roll-back"),
  configuration: advice("The setting must be corrected first", false, "ask-a-person", "roll-back"),
  dependency: advice("What is missing must be installed first", false, "ask-a-person", "roll-back"),
  state: advice("It may settle; what was half done can be undone", false, "roll-back", "ask-a-person"),
  storage: advice("Nothing more can be recorded safely until there is room", false, "ask-a-person", "roll-back"),
  encryption: advice("The key must be usable first", false, "ask-a-person", "skip", "roll-back"),
  provisioning: advice("Capacity may come back, or be found elsewhere", true, "wait", "retry", "roll-back"),
  "circuit-open": advice("The circuit lets a probe through in time", true, "wait", "retry"),
  "limit-reached": advice("Room is made as calls end", true, "wait", "retry"),
  defect: advice("A program is wrong; repeating repeats it", false, "roll-back", "ask-a-person"),
  unknown: advice("Nothing is known of it", false, "ask-a-person", "roll-back"),
};

function advice(reason: string, automatic: boolean, ...actions: [RecoveryAction, ...RecoveryAction[]]): RecoveryAdvice {
  return { actions, automatic, reason };
}

/** What to do next after this error: {@link recoveryAdviceByKind}, without a retry where this very error would only return. */
export function recoveryAdviceFor({ kind, retry }: Pick<Classification, "kind" | "retry">): RecoveryAdvice {
  const standard = recoveryAdviceByKind[kind];
  const renewable = standard.actions.filter(
    (action) =>
      !(retry === "never" && action === "retry" && kind !== "circuit-open") &&
      !(retry === "never" && action === "refresh-credentials"),
  );
  const [first, ...others] = renewable;
  if (first === undefined || renewable.length === standard.actions.length) return standard;
  return { ...standard, actions: [first, ...others], automatic: standard.automatic && first !== "ask-a-person" };
}
