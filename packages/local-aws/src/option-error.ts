/** An option given to the endpoint is wrong. Thrown where the option is given, never at a later request. */
export class OptionError extends TypeError {
  override readonly name = "OptionError";
  readonly code = "ERR_HOLDFAST_OPTION";
  readonly option: string;

  constructor(option: string, expected: string, got: unknown) {
    super(`Expected \`${option}\` to be ${expected}, got ${show(got)}`);
    this.option = option;
  }
}

/** Throws an {@link OptionError} unless `value` is a finite number within the bounds, both included. */
export function assertNumber(
  option: string,
  value: unknown,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: { min?: number; max?: number } = {},
): asserts value is number {
  if (typeof value === "number" && Number.isFinite(value) && value >= min && value <= max) return;
  const upper = max === Number.POSITIVE_INFINITY ? "" : ` and ≤ ${max}`;
  throw new OptionError(option, `a number ≥ ${min}${upper}`, value);
}

/** Throws an {@link OptionError} unless `value` is twelve digits. */
export function assertAccount(option: string, value: unknown): asserts value is string {
  if (typeof value !== "string" || !/^\d{12}$/.test(value)) throw new OptionError(option, "twelve digits", value);
}

function show(value: unknown): string {
  if (typeof value === "string")
    return value.length <= 24 ? JSON.stringify(value) : `a string of ${value.length} characters`;
  if (typeof value === "number" || typeof value === "boolean" || value == null) return String(value);
  return Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
