import type { CallContext } from "@holdfast/errors/policy";
import type { ProbeRound } from "./probe-round.ts";

/**
 * A place in the queue of a half-open circuit, if there is one: resolves when it is worth asking for admission again,
 * rejects when the call is given up.
 */
export function turnOf(round: ProbeRound, context: CallContext): Promise<void> | undefined {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leave = round.wait(() => {
    context.offAbort(giveUp);
    resolve();
  });
  if (leave === undefined) return undefined;
  const giveUp = (reason: unknown) => {
    leave();
    reject(reason);
  };
  context.onAbort(giveUp);
  return promise;
}
