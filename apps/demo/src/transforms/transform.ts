import type { Variables } from "./variables.ts";

/** Changes a secret's text on its way. */
export interface Transform {
  /** How many rules it applies. */
  readonly rules: number;
  readonly mode: "sed" | "json" | "chain";
  /** Pure: it may run again on the same text. `variables` are what `${NAME}` stands for in its rules. */
  readonly apply: (text: string, variables: Variables) => string;
}

/** Several transforms as one, applied in order; `undefined` for none. */
export function chain(transforms: readonly Transform[]): Transform | undefined {
  if (transforms.length <= 1) return transforms[0];
  return {
    rules: transforms.reduce((sum, { rules }) => sum + rules, 0),
    mode: "chain",
    apply: (text, variables) => transforms.reduce((changed, transform) => transform.apply(changed, variables), text),
  };
}
