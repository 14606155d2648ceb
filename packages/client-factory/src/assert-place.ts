import { OptionError } from "@holdfast/errors";

/** Throws an `OptionError` unless `value` is absent or may name a region. No list of them: AWS adds to it, and then a list refuses what is real. */
export function assertRegionName(option: string, value: unknown): void {
  assertText(option, value, /^[a-z]{2}[a-z0-9-]+$/, "the name of a region, e.g. eu-west-1");
}

/** Throws an `OptionError` unless `value` is absent or the URL of an endpoint: of `localhost:4566` the scheme would be `localhost:`. */
export function assertEndpoint(option: string, value: unknown): void {
  const right = value === undefined || (typeof value === "string" && /^https?:/i.test(value) && URL.canParse(value));
  if (!right) throw new OptionError(option, "a URL of http or https, e.g. http://127.0.0.1:4566", value);
}

/** Throws an `OptionError` unless `value` is absent or twelve digits. */
export function assertAccountId(option: string, value: unknown): void {
  assertText(option, value, /^\d{12}$/, "the 12 digits of an account");
}

/** Throws an `OptionError` unless `value` is absent or a text of this pattern. */
export function assertText(option: string, value: unknown, pattern: RegExp, expected: string): void {
  if (value === undefined || (typeof value === "string" && pattern.test(value))) return;
  throw new OptionError(option, expected, value);
}
