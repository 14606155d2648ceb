export type { CallFilter, CallRecord } from "./calls/call-log.ts";
export type { Clock } from "./clock.ts";
export type { FaultCall, FaultEffect, FaultKind, FaultRule, FaultScope } from "./faults/fault-rule.ts";
export type { FaultHandle, Faults } from "./faults/faults.ts";
export type { PolicyDocument, PolicyStatement } from "./iam/policy-document.ts";
export type { RoleOptions } from "./iam/role-store.ts";
export type { Credentials } from "./identity/access-keys.ts";
export { OptionError } from "./option-error.ts";
export { defaultQuotas, type Quota } from "./quotas/default-quotas.ts";
export type { ScriptedCall, ScriptedReply, ScriptedResponder } from "./responder/scripted-reply.ts";
export type { SecretSnapshot } from "./secrets-manager/secret-snapshot.ts";
export type { SecretsManagerLags } from "./secrets-manager/secret-store.ts";
export {
  type LocalAws,
  type LocalAwsOptions,
  type LocalClientConfig,
  type Place,
  startLocalAws,
} from "./start-local-aws.ts";
