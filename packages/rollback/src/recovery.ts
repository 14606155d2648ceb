export {
  type GuidedAnswer,
  type RecoverOptions,
  type RecoveryReport,
  type RecoveryStrategy,
  recover,
} from "./recovery/recover.ts";
export type { RecoveryOutcome } from "./recovery/recovery-outcome.ts";
export {
  type PlanReport,
  type PlanStep,
  planFor,
  planStep,
  type RecoveryPlan,
  type RunPlanOptions,
  runPlan,
} from "./recovery/recovery-plan.ts";
