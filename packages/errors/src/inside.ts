import type { CallContext } from "./call-context.ts";
import { OptionError } from "./option-error.ts";
import type { Next } from "./policy.ts";

/** Is told once how a call ended, and never before the `begin` it was given to has returned. */
export interface Settler<T> {
  succeed(value: T): void;
  fail(error: unknown): void;
}

/** What runs inside a policy: the policies further in, and then the function. */
export interface Inside {
  /** Whether a policy in it reads the system's clock, by `readAndNote`, each time before the function runs. */
  readonly notesTime: boolean;
  /** Runs `fn`, and tells `settler` what it comes to. Never throws. */
  begin<T>(context: CallContext, fn: Next<T>, settler: Settler<T>): void;
  /** The same as a promise, where that costs no more: what ends in a promise anyway need not tell a settler, to make another. */
  readonly run?: (<T>(context: CallContext, fn: Next<T>) => Promise<T>) | undefined;
}

/** The function itself: what the innermost policy has inside. */
export const theFunction: Inside = {
  notesTime: false,
  begin(context, fn, settler) {
    follow(settle(fn, context), settler);
  },
  run: (context, fn) => settle(fn, context),
};

/** Tells `settler` what the promise comes to. */
export function follow<T>(promise: PromiseLike<T>, settler: Settler<T>): void {
  promise.then(
    (value) => {
      settler.succeed(value);
    },
    (error: unknown) => {
      settler.fail(error);
    },
  );
}

/** Tells `settler` of a failure for which nothing was run: once `begin` has returned. */
export function failSoon<T>(settler: Settler<T>, error: unknown): void {
  follow(Promise.reject(error), settler);
}

/** What `fn` comes to inside, as a promise. */
export function promised<T>(inside: Inside, context: CallContext, fn: Next<T>): Promise<T> {
  if (inside.run !== undefined) return inside.run(context, fn);
  return new Promise<T>((resolve, reject) => {
    inside.begin(context, fn, { succeed: resolve, fail: reject });
  });
}

/** `fn` inside, as one function, for a policy that knows only `executeWithin`. */
export function nextOf<T>(inside: Inside, fn: Next<T>): Next<T> {
  if (inside === theFunction) return fn;
  const { run } = inside;
  return run === undefined ? (context) => promised(inside, context, fn) : (context) => run(context, fn);
}

/**
 * What `run` comes to, as a promise, even if it throws. An async generator is refused: its body runs after the call
 * has returned, where no policy reaches it, and silently unprotected is worse than an error.
 */
export function settle<T>(run: Next<T>, context: CallContext): Promise<T> {
  try {
    const result = run(context);
    return result instanceof Promise ? result : promiseOf(result);
  } catch (error) {
    return Promise.reject(typeof run === "function" ? error : notToRun(run));
  }
}

/** Says what was given in place of the function: more often than not the promise of a call that no policy has reached. */
export function notToRun(given: unknown): OptionError {
  return new OptionError("fn", "the function that makes the call, as in `() => client.send(command)`", given);
}

function promiseOf<T>(value: PromiseLike<T> | T): Promise<T> {
  return isAsyncGenerator(value) ? Promise.reject(new TypeError(generatorRefused)) : Promise.resolve(value);
}

const generatorRefused =
  "A policy does not reach into an async generator: its body runs after the call has returned. Run each page or each read inside it under the policy instead";

// By its methods: what compilers make of one for older targets does not say that it is one. No stream or cursor has all three.
function isAsyncGenerator(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !(Symbol.asyncIterator in value)) return false;
  const { next, throw: throwIn } = value as Partial<AsyncGenerator>;
  return typeof next === "function" && typeof throwIn === "function";
}
