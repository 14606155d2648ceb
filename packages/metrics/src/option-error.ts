/** An option given to a constructor is wrong. Thrown at construction, never later. */
export class OptionError extends TypeError {
  override readonly name = "OptionError";
  readonly code = "ERR_HOLDFAST_OPTION"; // recognised by code: every package of the house throws its own copy
  readonly option: string;

  constructor(option: string, expected: string, got: unknown) {
    super(`Expected \`${option}\` to be ${expected}, got ${show(got)}`);
    this.option = option;
  }
}

// A wrong option may be a secret put in the wrong place: long texts and objects are named, not shown.
function show(value: unknown): string {
  if (typeof value === "string") return value.length > 24 ? "a long text" : JSON.stringify(value);
  return Object(value) === value ? "an object" : String(value);
}
