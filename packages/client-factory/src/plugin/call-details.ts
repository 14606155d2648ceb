import type { CallDetails } from "@holdfast/errors/policy";
import { callerNameOf } from "./caller-name.ts";
import type { SdkContext } from "./sdk-shapes.ts";

/**
 * What the SDK knows of the call: policies key by it. `region` is the one the call is signed for, so that all
 * clients of a global service share one key. `accountId` is known if the credentials carry it, as those of an
 * assumed role do; where it is not, `identity` tells callers apart.
 */
export function callDetailsOf(context: SdkContext): CallDetails {
  const scheme = context.__smithy_context?.selectedHttpAuthScheme;
  const accountId = scheme?.identity?.accountId;
  return {
    client: context.clientName,
    service: withoutSuffix(context.clientName, "Client"),
    operation: withoutSuffix(context.commandName, "Command"),
    region:
      context.endpointV2?.properties?.authSchemes?.[0]?.signingRegion ??
      scheme?.httpAuthOption?.signingProperties?.region,
    accountId,
    ...(accountId === undefined && { identity: callerNameOf(context) }),
  };
}

function withoutSuffix(name: string | undefined, suffix: string): string | undefined {
  return name?.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}
