import { RegionError } from "../errors/region-error.ts";
import { addMiddleware, type SdkMiddleware, type SdkPlugin } from "../plugin/sdk-shapes.ts";

/** Says which client lacks a region, and what to do: the SDK says "Region is missing" and no more. */
export function regionPlugin(service: string, profile: string | undefined): SdkPlugin {
  const middleware: SdkMiddleware = (next, context) => async (args) => {
    try {
      return await next(args);
    } catch (cause) {
      if (!(cause instanceof Error) || cause.message !== "Region is missing") throw cause;
      const operation = context.commandName?.replace(/Command$/, "");
      const option = profile === undefined ? "" : ` --profile ${profile}`;
      const remediation = [
        { text: "give `region`, or set AWS_REGION" },
        { text: "or set it for good", command: `aws configure set region REGION${option}` },
      ];
      throw new RegionError(
        `${service} was not told its region`,
        { service, operation, profile, remediation },
        { cause },
      );
    }
  };
  return {
    applyToStack(stack) {
      addMiddleware(stack, middleware, {
        name: "holdfastRegion",
        step: "initialize",
        priority: "high",
        override: true,
      });
    },
  };
}
