export interface ServiceErrorOptions {
  /** HTTP status. Default 400. */
  readonly status?: number | undefined;
  /** The older code that clients in query mode are told. Default: the code itself. */
  readonly queryCode?: string | undefined;
  /** Further response headers, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Further members of the error body. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

/** An error that a service answers with. Each protocol writes it in its own shape. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: string;
  readonly status: number;
  readonly queryCode: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly fields: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, message: string, options: ServiceErrorOptions = {}) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.queryCode = options.queryCode ?? code;
    this.headers = options.headers;
    this.fields = options.fields;
  }

  /** Whose mistake it is, in the words of the query protocol. */
  get sender(): "Sender" | "Receiver" {
    return this.status < 500 ? "Sender" : "Receiver";
  }
}
