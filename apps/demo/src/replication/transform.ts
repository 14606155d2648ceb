/** Changes a secret's text on its way. */
export interface Transform {
  /** How many rules it applies. */
  readonly rules: number;
  /** Pure: it may run again on the same text. */
  readonly apply: (text: string) => string;
}

/** Several transforms as one, applied in order. */
export function chain(transforms: readonly Transform[]): Transform {
  return {
    rules: transforms.reduce((sum, { rules }) => sum + rules, 0),
    apply: (text) => transforms.reduce((changed, transform) => transform.apply(changed), text),
  };
}

/** A transform cannot be read or does not end. The message names the place, never the secret's text. */
export class TransformError extends Error {
  override readonly name = "TransformError";
  readonly code = "ERR_TRANSFORM";
  /** Line of the script, from 1. */
  readonly line: number;

  constructor(message: string, line: number, options?: ErrorOptions) {
    super(`Line ${line}: ${message}`, options);
    this.line = line;
  }
}
