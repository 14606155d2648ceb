import { follow, type Inside, nextOf, settle } from "./inside.ts";
import type { ComposablePolicy } from "./policy.ts";

/** A policy around what runs inside it. */
export function layerOf<Alternative>(
  policy: Pick<ComposablePolicy<Alternative>, "executeWithin" | "around">,
  inside: Inside,
): Inside {
  if (policy.around !== undefined) return policy.around(inside);
  return {
    notesTime: inside.notesTime,
    begin(context, fn, settler) {
      const next = nextOf(inside, fn);
      follow(
        settle(() => policy.executeWithin(context, next) as ReturnType<typeof next>, context),
        settler,
      );
    },
  };
}
