import { OptionError } from "@holdfast/errors";
import type { FactoryResources } from "../factory-resources.ts";
import type { SdkRequestHandler } from "../sockets/handler-shapes.ts";
import { guardLoopback } from "../sockets/loopback-guard.ts";
import type { Tier } from "../tiers/tier.ts";

// Their streams in both directions need HTTP/2, which the SDK gives them by default and which shares one
// connection by itself: they keep their own handler.
const needHttp2 = new Set([
  "Kinesis",
  "TranscribeStreaming",
  "LexRuntimeV2",
  "BedrockRuntime",
  "QBusiness",
  "RekognitionStreaming",
  "SageMakerRuntimeHTTP2",
  "Polly",
]);

export interface RequestHandling {
  /** What the client is given as `requestHandler`. */
  readonly handler: object;
  /** Requests whose answer has not been read to its end; absent where the handler cannot tell. */
  readonly requests?: () => number;
}

/** The factory's sockets, unless the client needs HTTP/2 or was given a handler of its own. */
export function requestHandlingFor(
  resources: FactoryResources,
  service: string,
  tier: Tier,
  given: unknown,
): RequestHandling {
  if (isHandler(given)) return { handler: resources.localOnly ? guardLoopback(given) : given };
  if (given !== undefined) {
    throw new OptionError(
      "config.requestHandler",
      "a handler; its timeouts belong in `tier`, its sockets in the factory's `sockets`",
      given,
    );
  }
  if (needHttp2.has(service))
    return { handler: { requestTimeout: tier.readTimeoutMs, sessionTimeout: tier.readTimeoutMs } };
  const pooled = resources.handler(tier);
  return { handler: pooled, requests: () => pooled.inFlight };
}

/** Puts the guard around a handler that the client made for itself. */
export function guardOwnHandler(config: { requestHandler?: unknown }): void {
  const own = config.requestHandler;
  if (isHandler(own)) config.requestHandler = guardLoopback(own);
}

function isHandler(value: unknown): value is SdkRequestHandler {
  return typeof value === "object" && value !== null && typeof (value as { handle?: unknown }).handle === "function";
}
