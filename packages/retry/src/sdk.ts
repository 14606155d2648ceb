export { aws2026 } from "./aws-2026.ts";
export { type CommandWithInput, type PinTokenOptions, pinToken } from "./pin-token.ts";
export {
  type SdkErrorInfo,
  type SdkRetryStrategy,
  type SdkRetryToken,
  sdkRetryStrategy,
} from "./sdk-retry-strategy.ts";
