/** Changes a secret's text on its way. Must be pure: it may run again. */
export type Transform = (text: string) => string;

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
