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

// ThrottlingException, AWS.SimpleQueueService.NonExistentQueue, ERR_HTTP2_STREAM_ERROR: a capital first, and at most two digits.
// Passwords, tokens and keys rarely look so.
const codePattern = /^(?!(?:.*\d){3})[A-Z][A-Za-z0-9]*(?:[._][A-Za-z0-9]+)*$/;
const longestCode = 64;

function word(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= longestCode && codePattern.test(value) ? value : undefined;
}
