import { OptionError } from "@holdfast/errors";
import type { ClientFactory } from "./client-factory.ts";
import { createClientFactory } from "./create-client-factory.ts";
import type { ClientFactoryOptions } from "./factory-options.ts";

// On the global object, so that two copies of this package in one project have one default between them.
const key: unique symbol = Symbol.for("holdfast.defaultClientFactory") as never;

interface Place {
  [key]?: ClientFactory | undefined;
}

/**
 * The project's own factory: made at the first call, with that call's options, and the same from then on.
 * After its `close()`, the next call makes a new one.
 *
 * @throws OptionError if options are given when it exists already: they would be passed over in silence.
 */
export function defaultClientFactory(options?: ClientFactoryOptions): ClientFactory {
  const place = globalThis as Place;
  const existing = place[key];
  if (existing !== undefined) {
    if (options === undefined) return existing;
    throw new OptionError("options", "absent, for the default factory exists; give them at its first use", options);
  }
  const factory = createClientFactory(options);
  const close = factory.close.bind(factory);
  factory.close = () => {
    if (place[key] === factory) place[key] = undefined;
    return close();
  };
  place[key] = factory;
  return factory;
}
