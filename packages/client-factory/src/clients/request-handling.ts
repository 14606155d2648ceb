import { OptionError } from "@holdfast/errors";
import type { FactoryResources } from "../factory-resources.ts";
import type { SdkRequestHandler } from "../sockets/handler-shapes.ts";
import { guardLoopback } from "../sockets/loopback-guard.ts";
import type { Tier } from "../tiers/tier.ts";

interface WithHandler {
  requestHandler?: unknown;
}

/**
 * What a client's constructor is told of its request handler: the one the user gave, or the times for the one that
 * the SDK makes, which {@link shareSockets} then replaces unless it speaks HTTP/2.
 *
 * @throws OptionError for a handler's options: they belong in `tier` and in the factory's `sockets`.
 */
export function handlerOption(tier: Tier, given: unknown): object {
  if (given === undefined) return { requestTimeout: tier.readTimeoutMs, sessionTimeout: tier.readTimeoutMs };
  if (isHandler(given)) return given;
  throw new OptionError(
    "config.requestHandler",
    "a handler; its timeouts belong in `tier`, its sockets in the factory's `sockets`",
    given,
  );
}

/**
 * Gives a client the factory's sockets. One that needs HTTP/2, for streams in both directions, keeps the handler
 * that the SDK made for it, which shares one connection by itself; one that was given a handler keeps that.
 *
 * @returns how many requests are under way, or `undefined` where the handler cannot tell.
 */
export function shareSockets(
  resources: FactoryResources,
  config: WithHandler,
  tier: Tier,
  given: unknown,
): (() => number) | undefined {
  const own = config.requestHandler;
  if (given === undefined && isHandler(own) && own.metadata?.handlerProtocol !== "h2") {
    const pooled = resources.handler(tier);
    config.requestHandler = pooled;
    return () => pooled.inFlight;
  }
  if (resources.localOnly && isHandler(own)) config.requestHandler = guardLoopback(own);
  return undefined;
}

function isHandler(value: unknown): value is SdkRequestHandler {
  return typeof value === "object" && value !== null && typeof (value as { handle?: unknown }).handle === "function";
}
