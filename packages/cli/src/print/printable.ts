import { redact } from "@holdfast/errors";

/** A value from outside as one line: without secrets, and without control characters, which could rewrite the terminal. */
export function printable(value: unknown): string {
  const clean = redact(value);
  const text = typeof clean === "string" ? clean : clean === undefined ? "" : (JSON.stringify(clean) ?? "");
  return text.replaceAll(/\p{Cc}+/gu, " ").trim();
}

/** Text of several lines; only its line breaks stay. */
export function printableText(text: string): string {
  return text
    .split("\n")
    .map((line) => line.replaceAll(/\p{Cc}+/gu, " ").trimEnd())
    .join("\n");
}
