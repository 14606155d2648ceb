import type { Classification } from "../classify/classification.ts";
import { type ErrorFields, fieldsOf, textOf } from "../classify/error-fields.ts";
import { redact } from "../redact/redact.ts";
import { redactText } from "../redact/redact-text.ts";
import { measuredClockOffsetMs } from "./clock-offset.ts";
import type { RemediationContext } from "./remediation.ts";

const deepestCause = 10;

/** The messages of an error and its causes, redacted, on one line each. */
export function messagesOf(error: ErrorFields): readonly string[] {
  const messages: string[] = [];
  let at: ErrorFields | undefined = error;
  for (let depth = 0; at !== undefined && depth <= deepestCause; depth++) {
    const message = textOf(at.message);
    if (message !== undefined) messages.push(redactText(message.slice(0, 16_384), []).replaceAll(/\p{Cc}+/gu, " "));
    at = fieldsOf(at.cause);
  }
  return messages;
}

/** What fills in the names in a catalogue entry: texts and numbers, by name, without secrets. */
export function factsOf(
  error: ErrorFields,
  classification: Classification,
  context: RemediationContext | undefined,
): Readonly<Record<string, string>> {
  const { code, kind, service, operation, region, requestId, httpStatus, retryAfterMs } = classification;
  const { hostname, address, port, path } = innermost(error);
  return present({
    kind,
    code,
    service,
    operation,
    region,
    requestId,
    httpStatus,
    retryAfterMs: retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs),
    hostname,
    address,
    port,
    path,
    packageName: missingPackageOf(error),
    serviceCode:
      service === undefined ? undefined : (serviceCodes[service] ?? service.toLowerCase().replaceAll(/[^a-z0-9]/g, "")),
    profile: context?.profile,
    offsetMs: measuredClockOffsetMs(error),
    ...fieldsOf(redact(error.context)),
    ...context?.parameters,
  });
}

/** The package that an error, or what caused it, says is not installed. */
export function missingPackageOf(error: ErrorFields): string | undefined {
  let at: ErrorFields | undefined = error;
  for (let depth = 0; at !== undefined && depth <= deepestCause; depth++) {
    if (at.code === "ERR_MISSING_PEER") return textOf(at.packageName);
    at = fieldsOf(at.cause);
  }
  return undefined;
}

// Where the code of Service Quotas is not the service's name in small letters.
const serviceCodes: Readonly<Record<string, string>> = {
  CloudWatch: "monitoring",
  CloudWatchLogs: "logs",
  SSOAdmin: "sso",
  SFN: "states",
};

/** The deepest cause: the one with the host and port. */
function innermost(error: ErrorFields): ErrorFields {
  let at = error;
  for (let depth = 0; depth < deepestCause; depth++) {
    const cause = fieldsOf(at.cause);
    if (cause === undefined) break;
    at = cause;
  }
  return at;
}

/** The texts and numbers among the values. */
export function present(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [],
    ),
  );
}
