import type { SdkArguments, SdkMiddleware, SdkMiddlewareOptions } from "./sdk-shapes.ts";

/**
 * Under this key a request carries the signal of its attempt to the request handler. The SDK gives handlers
 * the caller's signal only, which knows nothing of a time limit inside a policy.
 */
export const attemptSignalKey: unique symbol = Symbol.for("holdfast.attemptSignal") as never;

interface WithSignal {
  [attemptSignalKey]?: AbortSignal;
}

/** The arguments of a middleware, with the attempt's signal for {@link attemptSignalMiddleware}. */
export function withAttemptSignal(args: SdkArguments, signal: AbortSignal): SdkArguments {
  const carrying: SdkArguments & WithSignal = { ...args, [attemptSignalKey]: signal };
  return carrying;
}

/** The signal that a request carries, if a policy's attempt made it. */
export function attemptSignalOf(request: object): AbortSignal | undefined {
  return (request as WithSignal)[attemptSignalKey];
}

// Signing makes a new request, so the signal travels in the arguments and is put on the request last of all.
export const attemptSignalMiddleware: SdkMiddleware = (next) => (args) => {
  const signal = (args as WithSignal)[attemptSignalKey];
  if (signal !== undefined && typeof args.request === "object" && args.request !== null) {
    Object.defineProperty(args.request, attemptSignalKey, { value: signal });
  }
  return next(args);
};

export const attemptSignalOptions: SdkMiddlewareOptions = {
  name: "holdfastAttemptSignal",
  step: "deserialize",
  priority: "low",
  override: true,
};
