import { addMiddleware, type SdkMiddleware, type SdkPlugin } from "../plugin/sdk-shapes.ts";
import type { ClientEntry } from "./client-entry.ts";

/** Counts the calls of a client whose request handler is not the factory's, so that it is not destroyed during one. */
export function inFlightPlugin(entry: ClientEntry): SdkPlugin {
  const middleware: SdkMiddleware = (next) => async (args) => {
    entry.calls += 1;
    try {
      return await next(args);
    } finally {
      entry.calls -= 1;
    }
  };
  return {
    applyToStack(stack) {
      addMiddleware(stack, middleware, {
        name: "holdfastInFlight",
        step: "initialize",
        priority: "high",
        override: true,
      });
    },
  };
}
