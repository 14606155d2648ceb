import { HoldfastError } from "@holdfast/errors";

/** A setting is wrong, or none is there where one must be. The message names it; a value only where it is no secret. */
export class SettingsError extends HoldfastError {
  constructor(message: string, todo: string, options?: ErrorOptions) {
    super(message, { code: "REPLICATE_SETTINGS", kind: "configuration", remediation: [{ text: todo }] }, options);
  }
}
