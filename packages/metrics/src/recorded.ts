import { counter } from "./counter.ts";
import { distribution } from "./distribution.ts";
import { gauge } from "./gauge.ts";
import type { DefinitionOptions, KindOf, MetricKind } from "./metric-definition.ts";
import { timer } from "./timer.ts";

/** Definitions of any kinds, with what records them. */
export type Recorded<Definitions> = {
  readonly [Name in keyof Definitions]: Definitions[Name] & Pick<KindOf<MetricKind>, "recorder">;
};

const byKind = { counter, gauge, timer, distribution };

/** Definitions that are data, each with what records its kind. */
export function recorded<
  const Definitions extends Readonly<Record<string, DefinitionOptions & { readonly kind: MetricKind }>>,
>(definitions: Definitions): Recorded<Definitions> {
  const made = Object.entries(definitions).map(([name, definition]) => [name, byKind[definition.kind](definition)]);
  return Object.fromEntries(made) as Recorded<Definitions>;
}
