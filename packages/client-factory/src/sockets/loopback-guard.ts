import { assertLoopback } from "./assert-loopback.ts";
import type { SdkRequestHandler } from "./handler-shapes.ts";

/** A handler that is not the factory's, kept from sending anything beyond this machine. */
export function guardLoopback(handler: SdkRequestHandler): SdkRequestHandler {
  return new Proxy(handler, {
    get(target, property) {
      if (property !== "handle") {
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return async (...[request, options]: Parameters<SdkRequestHandler["handle"]>) => {
        await assertLoopback(request.hostname ?? "");
        return target.handle(request, options);
      };
    },
  });
}
