/** Any object, read as a bag of unknown fields. */
export type ErrorFields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): ErrorFields | undefined {
  return (typeof value === "object" && value !== null) || typeof value === "function"
    ? (value as ErrorFields)
    : undefined;
}

/** The text, or `undefined` if it is empty or something else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function messageOf(error: ErrorFields): string {
  return textOf(error.message) ?? "";
}
