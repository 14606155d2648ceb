import { HoldfastError } from "@holdfast/errors";

/** A transform cannot be read, does not end, or does not fit. The message names the place, never the secret's text. */
export class TransformError extends HoldfastError {
  /** Line of the script or mapping, from 1; `undefined` where it is the secret that does not fit. */
  readonly line: number | undefined;

  constructor(message: string, line?: number, options?: ErrorOptions) {
    super(
      line === undefined ? message : `Line ${line}: ${message}`,
      { code: "ERR_TRANSFORM", kind: "configuration" },
      options,
    );
    this.line = line;
  }
}
