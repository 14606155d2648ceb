import type { RecordedError } from "./protocol/record.ts";

const longest = 200;

/** What identifies an error, without its message: services echo values in theirs. */
export function recordedError(error: unknown): RecordedError {
  if (error === null || typeof error !== "object") return { name: typeof error };
  const { name, code, $metadata } = error as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown };
  };
  return {
    name: word(name) ?? "Error",
    ...(word(code) !== undefined && { code: word(code) }),
    ...(typeof $metadata?.httpStatusCode === "number" && { httpStatus: $metadata.httpStatusCode }),
    ...(word($metadata?.requestId) !== undefined && { requestId: word($metadata?.requestId) }),
  };
}

// An identifier, not a sentence: a name or code with blanks in it is somebody's message.
function word(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= longest && /^[\w.:#/-]+$/.test(value) ? value : undefined;
}
