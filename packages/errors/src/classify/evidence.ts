import type { ClassificationContext } from "./classification.ts";
import { type ErrorFields, fieldsOf, textOf } from "./error-fields.ts";
import { serviceNameOf } from "./service-name.ts";

/** What is read of every error before it is judged. */
export interface Evidence {
  readonly error: ErrorFields;
  readonly name: unknown;
  readonly code: unknown;
  /** The SDK's `$metadata`; `undefined` on errors of other makes. */
  readonly metadata: ErrorFields | undefined;
  readonly status: number | undefined;
  /** Those of an HTTP library's answer; `undefined` on the SDK's errors. */
  readonly headers: unknown;
  readonly service: string | undefined;
  readonly context: ClassificationContext | undefined;
}

export function evidenceOf(error: ErrorFields, context: ClassificationContext | undefined): Evidence {
  const metadata = fieldsOf(error.$metadata);
  const given = metadata?.httpStatusCode;
  const status = typeof given === "number" ? given : undefined;
  return {
    error,
    name: error.name,
    code: status === undefined || status < 400 ? error.code : undefined, // a refusal of AWS has its code for a name
    metadata,
    status,
    headers: undefined,
    service: context?.service ?? (status === undefined ? undefined : serviceNameOf(error)),
    context,
  };
}

/** The same, with what an error of ours says of its call in its own context. The caller's context outranks it. */
export function withOwnContext(evidence: Evidence): Evidence {
  const { error, service, context } = evidence;
  const own = fieldsOf(error.context);
  if (own === undefined) return evidence;
  const operation = context?.operation ?? textOf(own.operation);
  const region = context?.region ?? textOf(own.region);
  return { ...evidence, service: service ?? textOf(own.service), context: { ...context, operation, region } };
}

/** The same, with the answer as HTTP libraries keep it: in `response` (axios, got, ky, your own of fetch), or on the error itself. */
export function withLibraryAnswer(evidence: Evidence): Evidence {
  const { error, metadata } = evidence;
  if (metadata !== undefined) return evidence;
  const response = fieldsOf(error.response);
  const status = statusIn(error) ?? statusIn(response);
  return status === undefined ? evidence : { ...evidence, status, headers: response?.headers ?? error.headers };
}

function statusIn(answer: ErrorFields | undefined): number | undefined {
  return asStatus(answer?.status) ?? asStatus(answer?.statusCode); // `status` may be a word
}

function asStatus(value: unknown): number | undefined {
  return typeof value === "number" && value >= 100 && value < 600 ? value : undefined;
}

/** The code as the service or the system gave it; the name where it says more than `Error`. */
export function codeOf({ name, code }: Evidence): string | undefined {
  return textOf(code) ?? (name === "Error" ? undefined : textOf(name));
}
