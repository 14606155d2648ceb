/**
 * A short word for an error that is safe to count by and to log: its code, else its name, else "unknown".
 * Never its message, which may hold a secret; and never a code that does not look like one.
 */
export function errorName(error: unknown): string {
  try {
    if (error === null || typeof error !== "object") return "unknown";
    const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
    return word(code) ?? word(name) ?? "unknown";
  } catch {
    return "unknown"; // a getter or a proxy that throws
  }
}

// At most 48 characters and no digits in a row beyond four: "ERR_HTTP2_STREAM_ERROR" is a code, a token is not.
const codePattern = /^(?!.*\d{5})[A-Za-z][A-Za-z0-9_.-]{0,47}$/;

function word(value: unknown): string | undefined {
  return typeof value === "string" && codePattern.test(value) ? value : undefined;
}
