import { attach } from "./attach.ts";
import type { RetryBudget } from "./retry-budget.ts";

/** The retry policy that a function runs in, however far up the calls it is. */
export interface AmbientRetry {
  readonly policy: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number | undefined;
  readonly budget: RetryBudget | undefined;
  readonly nested: "share" | "single";
  /** The one around this one in turn. */
  readonly around: AmbientRetry | undefined;
  /** Whether the attempt has ended. What it began in the background lives on in its context, and is nobody's attempt any more. */
  over: boolean;
}

/** As much of `AsyncLocalStorage` as is used. */
interface AsyncStorage {
  getStore(): AmbientRetry | undefined;
  run<T>(store: AmbientRetry, callback: () => T): T;
}

/** One per process, however many copies of this package: a retry in one copy is seen from the others. */
interface Holder {
  readonly storage: AsyncStorage;
  /** How many attempts run inside the storage now: while 0, nobody need ask it. */
  inside: number;
}

const holderKey = Symbol.for("holdfast.retry.ambient.1");
let known: Holder | undefined;

/** Finds the storage, or makes it. Called when a policy is made, so that calls need not look. */
export function prepareAmbient(): void {
  known ??= (globalThis as { readonly [holderKey]?: Holder })[holderKey] ?? create();
}

/** The retry around the caller, if it is past its first attempt or has a deadline; free while there is none. */
export function ambientRetry(): AmbientRetry | undefined {
  if (known === undefined || known.inside === 0) return undefined;
  let ambient = known.storage.getStore();
  while (ambient?.over === true) ambient = ambient.around;
  return ambient;
}

/**
 * Runs an attempt so that retries inside it see `ambient`; {@link leaveAmbient} must follow when it is over.
 * Without AsyncLocalStorage (Workers), just runs it.
 */
export function enterAmbient<T>(ambient: AmbientRetry, attempt: () => T): T {
  if (known === undefined) return attempt();
  known.inside += 1;
  return known.storage.run(ambient, attempt);
}

/** An attempt that entered is over. */
export function leaveAmbient(ambient: AmbientRetry): void {
  ambient.over = true;
  if (known !== undefined) known.inside -= 1;
}

// No import of node:async_hooks: the module must load where there is none.
function create(): Holder | undefined {
  const AsyncLocalStorage = globalThis.process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
  if (AsyncLocalStorage === undefined) return undefined;
  const holder: Holder = { storage: new AsyncLocalStorage<AmbientRetry>() as AsyncStorage, inside: 0 };
  attach(globalThis, holderKey, holder); // if it is frozen, this copy alone keeps it
  return holder;
}
