/** What of a failure is kept in a snapshot or shown in `health()`: never its text, which may hold a secret. */
export interface SavedFailure {
  readonly name: string;
  readonly code: string | null;
  readonly httpStatus: number | null;
  readonly requestId: string | null;
}

/** Stands for the failure that opened a circuit in another process: the `cause` of its refusals here. */
export class RestoredFailure extends Error {
  override readonly name = "RestoredFailure";
  /** The code of the failure itself, or else its name. */
  readonly code: string;
  readonly $metadata: { readonly httpStatusCode: number | undefined; readonly requestId: string | undefined };

  constructor(circuit: string, { name, code, httpStatus, requestId }: SavedFailure) {
    super(`Circuit "${circuit}" had opened in an earlier process, for ${code ?? name}`);
    this.code = code ?? name;
    this.$metadata = { httpStatusCode: httpStatus ?? undefined, requestId: requestId ?? undefined };
  }
}

/** The facts of a failure that are safe to keep. Takes anything; never throws. */
export function savedFailure(failure: unknown): SavedFailure | null {
  if (failure === null || (typeof failure !== "object" && typeof failure !== "function")) return null;
  try {
    const { name, code, $metadata } = failure as {
      readonly name?: unknown;
      readonly code?: unknown;
      readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown };
    };
    return {
      name: identifier(name) ?? "Error",
      code: identifier(code),
      httpStatus: typeof $metadata?.httpStatusCode === "number" ? $metadata.httpStatusCode : null,
      requestId: identifier($metadata?.requestId),
    };
  } catch {
    return null; // a proxy or a getter that throws
  }
}

function identifier(value: unknown): string | null {
  return typeof value === "string" && /^[\w.:#/-]{1,128}$/.test(value) ? value : null;
}
