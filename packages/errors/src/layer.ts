import type { CallContext } from "./call-context.ts";
import { follow, type Inside, nextOf, settle } from "./inside.ts";
import type { ComposablePolicy, Next } from "./policy.ts";

/** A policy around what runs inside it. */
export function layerOf<Alternative>(
  policy: Pick<ComposablePolicy<Alternative>, "executeWithin" | "around">,
  inside: Inside,
): Inside {
  if (policy.around !== undefined) return policy.around(inside);
  const run = <T>(context: CallContext, fn: Next<T>) => policy.executeWithin(context, nextOf(inside, fn)) as Promise<T>;
  return {
    notesTime: inside.notesTime,
    run,
    begin(context, fn, settler) {
      follow(
        settle((given) => run(given, fn), context),
        settler,
      );
    },
  };
}
