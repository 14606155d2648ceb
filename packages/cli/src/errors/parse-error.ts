import type { RemediationContext } from "@holdfast/errors";

export interface ParsedError {
  /** As the classifier takes it. */
  readonly error: unknown;
  /** What the text says about the call. */
  readonly context: RemediationContext;
}

type Fields = Readonly<Record<string, unknown>>;

/** An error from text: JSON as the SDKs, the reporter, Lambda and CloudTrail write it, or what the AWS CLI prints. */
export function parseError(text: string): ParsedError {
  const value = jsonIn(text);
  return value === undefined ? fromCliText(text.trim()) : fromJson(value);
}

function jsonIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function fromJson(value: Fields): ParsedError {
  if (isFields(value.Error)) return fromBoto(value, value.Error);
  if (typeof value.errorCode === "string") return fromCloudTrail(value);
  if (typeof value.errorType === "string") return plain(value.errorType, textOf(value.errorMessage)); // Lambda
  const error = isFields(value.error) ? value.error : value;
  const type = textOf(error.__type ?? error.code ?? error.Code);
  const name = textOf(error.name) || type.split("#").at(-1) || "Error";
  return {
    error: { ...error, name, message: textOf(error.message ?? error.Message) },
    context: callOf(error),
  };
}

function fromBoto({ ResponseMetadata }: Fields, { Code, Message }: Fields): ParsedError {
  const { HTTPStatusCode, RequestId } = isFields(ResponseMetadata) ? ResponseMetadata : {};
  return {
    error: {
      name: textOf(Code),
      message: textOf(Message),
      $metadata: { httpStatusCode: HTTPStatusCode, requestId: RequestId },
    },
    context: {},
  };
}

function fromCloudTrail({ errorCode, errorMessage, eventSource, eventName, awsRegion }: Fields): ParsedError {
  const { error } = plain(textOf(errorCode).split(".").at(-1)!, textOf(errorMessage));
  const service = textOf(eventSource).replace(/\.amazonaws\.com$/, "");
  return { error, context: present({ service, operation: textOf(eventName), region: textOf(awsRegion) }) };
}

const cliError =
  /An error occurred \((?<code>[\w.]+)\) when calling the (?<operation>\w+) operation(?: \([^)]*\))?: (?<message>[\s\S]*)/;

interface Codeless {
  readonly pattern: RegExp;
  readonly name: string;
  /** The SDK's words for it, which the classifier knows; the text becomes the cause. Absent: the text will do. */
  readonly message?: string | undefined;
}

// What the AWS CLI prints without a code.
const codeless: readonly Codeless[] = [
  {
    pattern: /sso session .*(expired|invalid)|token has expired and refresh failed/i,
    name: "CredentialsProviderError",
    message: "The SSO session associated with this profile has expired",
  },
  { pattern: /unable to locate credentials|could not load credentials/i, name: "CredentialsProviderError" },
  { pattern: /must specify a region|region is missing/i, name: "Error", message: "Region is missing" },
  { pattern: /(read|connect) timeout on endpoint/i, name: "TimeoutError" },
  { pattern: /could not connect to the endpoint url|connection refused/i, name: "ECONNREFUSED" },
];

function fromCliText(text: string): ParsedError {
  const { code, operation, message } = cliError.exec(text)?.groups ?? {};
  if (code !== undefined) return { ...plain(code, message!.trim()), context: { operation } };
  const known = codeless.find(({ pattern }) => pattern.test(text));
  if (known?.message === undefined) return plain(known?.name ?? "Error", text);
  const { error } = plain(known.name, known.message);
  return { error: Object.assign(error as Error, { cause: new Error(text) }), context: {} };
}

function plain(name: string, message: string): ParsedError {
  const code = /^E[A-Z]+$/.test(name) ? { code: name } : {};
  return { error: Object.assign(new Error(message), { name, stack: undefined }, code), context: {} };
}

function callOf({ service, operation, region }: Fields): RemediationContext {
  return present({ service: textOf(service), operation: textOf(operation), region: textOf(region) });
}

function present(facts: Readonly<Record<string, string>>): RemediationContext {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ""));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
