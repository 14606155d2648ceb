import { classify } from "@holdfast/errors";
import { callDetailsOf } from "../plugin/call-details.ts";
import { renewCredentials } from "../plugin/credential-renewal.ts";
import { addRelative, isSdkRequest, type SdkMiddleware, type SdkPlugin } from "../plugin/sdk-shapes.ts";
import { isStream } from "../plugin/streams.ts";

/** For clients without a policy: repeats a request once, inside the SDK's retry loop, when AWS calls its credentials expired. */
export const renewalPlugin: SdkPlugin = {
  applyToStack(stack) {
    addRelative(stack, renewal, {
      name: "holdfastCredentialRenewal",
      relation: "before",
      toMiddleware: "httpSigningMiddleware",
      override: true,
    });
  },
};

const renewal: SdkMiddleware = (next, context) => async (args) => {
  try {
    return await next(args);
  } catch (error) {
    const repeatable = isSdkRequest(args.request) && !isStream(args.request.body);
    if (!repeatable || classify(error, callDetailsOf(context)).retry !== "after-refresh") throw error;
    if (!(await renewCredentials(context.__smithy_context?.selectedHttpAuthScheme))) throw error;
    return next(args);
  }
};
