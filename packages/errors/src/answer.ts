import { type ErrorFields, fieldsOf, textOf } from "./error-fields.ts";

/** What an error keeps of the HTTP answer it was made from. */
export interface Answer {
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly headers: unknown;
  /** The SDK's `$metadata`; `undefined` for other libraries. */
  readonly metadata: ErrorFields | undefined;
}

/** The answer behind an error of the AWS SDK, which keeps its response as a non-enumerable field. */
export function sdkAnswer(error: ErrorFields, metadata: ErrorFields): Answer {
  const status = metadata.httpStatusCode;
  return {
    status: typeof status === "number" ? status : undefined,
    requestId: textOf(metadata.requestId),
    headers: status === undefined ? undefined : fieldsOf(error.$response)?.headers,
    metadata,
  };
}

/** The answer behind an error of an HTTP library: `response` (axios, got, ky), `status` or `statusCode`. */
export function libraryAnswer(error: ErrorFields): Answer | undefined {
  const response = fieldsOf(error.response);
  const status = [error.status, error.statusCode, response?.status, response?.statusCode].find(isStatus);
  if (status === undefined) return undefined;
  return { status, requestId: undefined, headers: (response ?? error).headers, metadata: undefined };
}

function isStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 100 && (value as number) <= 599;
}
