import { type Classify, classify, type RetryAdvice } from "@holdfast/errors";
import { type Clock, systemClock } from "@holdfast/errors/policy";
import { type SdkErrorType, sdkErrorType } from "./sdk-error-type.ts";
import { sdkRetryAfterMs } from "./sdk-retry-after.ts";

const adviceByType: Readonly<Record<SdkErrorType, RetryAdvice>> = {
  THROTTLING: "throttling",
  TRANSIENT: "transient",
  SERVER_ERROR: "never",
  CLIENT_ERROR: "never",
};

/** A classifier whose advice is what the SDK's standard mode would do, and whose facts are those of `classify`. */
export function classifyAsSdk(clock: Clock = systemClock): Classify {
  return (error, context) => ({
    ...classify(error, context),
    retry: adviceByType[sdkErrorType(error)],
    retryAfterMs: sdkRetryAfterMs(error, clock.now()),
  });
}
