/** Any object, read as a bag of unknown fields. */
export type ErrorFields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): ErrorFields | undefined {
  return (typeof value === "object" && value !== null) || typeof value === "function"
    ? (value as ErrorFields)
    : undefined;
}

/** Any value, to be asked for fields by `?.`: texts and numbers may be asked as well, and have none of those sought. */
export function loosely(value: unknown): ErrorFields | null | undefined {
  return value as ErrorFields | null | undefined;
}

/** The text, or `undefined` if it is empty or something else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value ? value : undefined;
}

/** The number, if it is at least `least` and below `end`. */
export function numberIn(value: unknown, least: number, end: number): number | undefined {
  return typeof value === "number" && value >= least && value < end ? value : undefined;
}

export function messageOf({ message }: ErrorFields): string {
  return textOf(message) ?? "";
}
