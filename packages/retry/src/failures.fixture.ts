/** A failure that may pass. */
export function transient(facts: object = {}): Error {
  return Object.assign(new Error("transient"), { code: "ECONNREFUSED" }, facts);
}

/** Throttling, as the SDK throws it, with what the server's headers say. */
export function throttled(headers: Record<string, string> = {}): Error {
  const facts = { name: "ThrottlingException", $metadata: { httpStatusCode: 400 }, $response: { headers } };
  return Object.assign(new Error("slow down"), facts);
}

/** A failure that cannot pass. */
export function denied(): Error {
  return Object.assign(new Error("no"), { name: "AccessDeniedException" });
}

/** A function that fails as listed, then returns "value". */
export function failingWith(...errors: unknown[]): (context?: { readonly attempt: number }) => Promise<string> {
  const left = [...errors];
  return async () => {
    if (left.length > 0) throw left.shift();
    return "value";
  };
}

export interface Watched {
  state: "pending" | "fulfilled" | "rejected";
  value?: unknown;
}

/** What a promise has come to so far. */
export function watch(promise: Promise<unknown>): Watched {
  const seen: Watched = { state: "pending" };
  promise.then(
    (value) => Object.assign(seen, { state: "fulfilled", value }),
    (value) => Object.assign(seen, { state: "rejected", value }),
  );
  return seen;
}
