/** An option given to a constructor is wrong. Thrown at construction, never later. */
export class OptionError extends TypeError {
  override readonly name = "OptionError";
  readonly code = "ERR_HOLDFAST_OPTION";
  readonly option: string;

  constructor(option: string, expected: string, got: unknown) {
    super(`Expected \`${option}\` to be ${expected}, got ${show(got)}`);
    this.option = option;
  }
}

// A wrong option may be a secret put in the wrong place: long texts and objects are named, not shown.
function show(value: unknown): string {
  if (typeof value === "string")
    return value.length <= 24 ? JSON.stringify(value) : `a string of ${value.length} characters`;
  if (typeof value === "number" || typeof value === "boolean" || value == null) return String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return "an array";
  if (value instanceof Promise) return "a promise";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
