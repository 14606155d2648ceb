import { type Classify, classify, OptionError } from "@holdfast/errors";
import { assertKnownOptions, type Clock, systemClock } from "@holdfast/errors/policy";
import { attemptSignalMiddleware, attemptSignalOptions } from "./attempt-signal.ts";
import { PolicyCall } from "./policy-call.ts";
import { rivalStrategyOf } from "./rival-strategy.ts";
import { assertSdkPolicy, type SdkPolicy, type SdkPolicySelector } from "./sdk-policy.ts";
import {
  addMiddleware,
  type SdkContext,
  type SdkMiddleware,
  type SdkMiddlewareOptions,
  type SdkPlugin,
} from "./sdk-shapes.ts";

export interface PolicyPluginOptions {
  /** Says which errors expired credentials cause. Default: this house's {@link classify}. */
  readonly classify?: Classify | undefined;
  /** Where a client given both a policy and a `retryStrategy` is warned. Default: the client's own logger, or `console`. */
  readonly logger?: { warn(message: string): void } | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Jitter of the pause of a refused long poll, in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

const pluginOptionNames: Readonly<Record<keyof PolicyPluginOptions, true>> = {
  classify: true,
  logger: true,
  clock: true,
  random: true,
};

const alias = "holdfastPolicy";

// The SDK's own retry middleware has this name, step and priority: ours takes its place.
const replaceRetry: SdkMiddlewareOptions = {
  name: "retryMiddleware",
  step: "finalizeRequest",
  priority: "high",
  override: true,
  tags: ["RETRY"],
  aliases: [alias],
};

/**
 * Runs a policy as the one retry loop of an AWS SDK client, in place of the SDK's own:
 * `client.middlewareStack.use(policyPlugin(policy))`. Works on any SDK v3 client, with or without a factory.
 *
 * What the SDK's loop does besides retrying still holds: one invocation id per call, `amz-sdk-request`,
 * `$metadata.attempts` and `$metadata.totalRetryDelay` on outputs and errors, no second attempt with a streaming
 * body, a pause when a long poll is refused, a fresh date at every attempt. When AWS calls the credentials
 * expired, they are renewed and the request is repeated, once in a call and inside the attempt at hand.
 *
 * A selector is asked once per call, with what is known of it.
 *
 * @throws OptionError if the policy has no `execute`, or if the client already has a policy.
 */
export function policyPlugin(policy: SdkPolicy | SdkPolicySelector, options: PolicyPluginOptions = {}): SdkPlugin {
  if (typeof policy !== "function") {
    assertSdkPolicy(policy, "a policy (compose() makes one of several), or a function that picks one");
  }
  assertKnownOptions("policyPlugin()", options, pluginOptionNames);
  const { clock = systemClock, random = Math.random, logger } = options;
  const policyFor = typeof policy === "function" ? policy : () => policy;
  const kit = { policyFor, classify: options.classify ?? classify, clock, random };
  const warned = new WeakSet<object>();

  const middleware: SdkMiddleware = (next, context) => (args) => {
    warnOfRival(context, warned, logger);
    return new PolicyCall(kit, next, context, args).run();
  };
  return {
    applyToStack(stack) {
      if (stack.identify().some((entry) => entry.includes(alias))) {
        throw new OptionError(
          "policyPlugin",
          "the only one of its client; compose() makes one policy of several",
          "a second one",
        );
      }
      addMiddleware(stack, middleware, replaceRetry);
      addMiddleware(stack, attemptSignalMiddleware, attemptSignalOptions);
    },
  };
}

// Only the call knows the client's configuration, so the warning waits for the first one. It never fails a call.
function warnOfRival(context: SdkContext, warned: WeakSet<object>, logger: PolicyPluginOptions["logger"]): void {
  const config = context.__smithy_context?.selectedHttpAuthScheme?.httpAuthOption?.signingProperties?.config;
  if (config === undefined || warned.has(config)) return;
  warned.add(config);
  rivalStrategyOf(config).then(
    (rival) => {
      if (rival === undefined) return;
      const log =
        logger ?? (typeof context.logger?.warn === "function" && !isSilent(context.logger) ? context.logger : console);
      log.warn?.(
        `${context.clientName ?? "A client"} was given both a policy and a retryStrategy (${rival}); the policy runs, the strategy does not`,
      );
    },
    () => {},
  );
}

function isSilent(logger: object): boolean {
  return logger.constructor.name === "NoOpLogger"; // the SDK's default
}
