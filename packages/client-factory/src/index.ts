export { type PolicyPluginOptions, policyPlugin } from "./plugin/policy-plugin.ts";
export type { SdkPolicy, SdkPolicySelector } from "./plugin/sdk-policy.ts";
export type { SdkPlugin } from "./plugin/sdk-shapes.ts";
