/** The async context in which it was made, with its `AsyncLocalStorage`s: as much of an `AsyncResource` as is used. */
export interface AsyncOrigin {
  /** Calls `callback` in that context: at once, or soon. */
  runInAsyncScope<Argument>(callback: (argument: Argument) => void, self: undefined, argument: Argument): void;
}

type AsyncResourceClass = new (type: string, options: { readonly requireManualDestroy: boolean }) => AsyncOrigin;

// No import of node:async_hooks: the module must load where there is none.
const AsyncResource = globalThis.process?.getBuiltinModule?.("node:async_hooks")?.AsyncResource as
  | AsyncResourceClass
  | undefined;

const options = { requireManualDestroy: true }; // or each would be watched by the garbage collector

export function asyncOrigin(): AsyncOrigin {
  return AsyncResource === undefined ? new PromisedOrigin() : new AsyncResource("holdfast.timeout", options);
}

/** Where there is no `AsyncResource`: a promise that nobody else sees keeps the context, too, in six times the memory. */
export class PromisedOrigin implements AsyncOrigin {
  readonly #run: (callback: () => void) => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<() => void>();
    promise.then((callback) => callback());
    this.#run = resolve;
  }

  runInAsyncScope<Argument>(callback: (argument: Argument) => void, _: undefined, argument: Argument): void {
    this.#run(() => callback(argument));
  }
}
