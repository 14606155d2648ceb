import type { Classification, ClassificationContext } from "./classification.ts";
import { declaredVerdict } from "./declared-verdict.ts";
import { type ErrorFields, loosely, textOf } from "./error-fields.ts";
import { codeIn, verdictOfShape } from "./foreign-code.ts";
import { asStatus, statusIn, verdictOfPage, verdictOfStatus } from "./http-status.ts";
import { verdictByCode, verdictByWording } from "./known-codes.ts";
import { lastResort } from "./last-resort.ts";
import { retryAfterOf, waitOf } from "./retry-after.ts";
import { serviceNameOf } from "./service-name.ts";
import type { Verdict } from "./verdict.ts";

const noContext: ClassificationContext = {};

/**
 * Says what went wrong, whether the same call may succeed if made again, and whose fault it is.
 *
 * Decides by code, name, HTTP status and system call; a message is read only where AWS or the platform gives
 * nothing else (`refinements.ts` lists them). An error that says nothing itself is judged by its `cause`, ten
 * deep at most, as in the AWS SDK. Takes any value at all: it never throws, changes nothing, and reads no property
 * twice.
 */
export function classify(error: unknown, context?: ClassificationContext): Classification {
  return classifyWithin(error, context, 10);
}

function classifyWithin(
  error: unknown,
  context: ClassificationContext = noContext,
  causesLeft: number,
): Classification {
  try {
    return judge((error ?? {}) as ErrorFields, context, causesLeft);
  } catch {
    return judge({}, context, causesLeft); // a proxy or a getter that throws
  }
}

// One function, its facts in variables: with the facts in an object that is handed on, each call takes half as long again.
function judge(error: ErrorFields, context: ClassificationContext, causesLeft: number): Classification {
  // What the error is, as far as every maker of errors says it.
  const metadata = loosely(error.$metadata); // only the SDK's errors have it
  const response = metadata ? undefined : loosely(error.response); // that of axios, got, ky, your own of fetch
  const status = metadata ? asStatus(metadata.httpStatusCode) : (statusIn(error) ?? statusIn(response));
  const service = context.service ?? (metadata && status ? serviceNameOf(error.constructor) : undefined);
  const ownName = textOf(error.name);
  const name = ownName === "Error" ? undefined : ownName;
  const code = metadata && name && status && status >= 400 ? undefined : codeIn(error, name); // a refusal of AWS has its code for a name
  const said = code ?? name;

  // An error of ours knows best. Otherwise the first of these decides: a listed code, the shape, the answer, the cause.
  const declared = metadata ? undefined : declaredVerdict(error);
  let verdict = declared ?? verdictByCode.get(said) ?? verdictByCode.get(name);
  const rather = verdict?.refine?.(error, context, metadata, service);
  if (rather) verdict = verdictByCode.get(rather);
  if (status === 429 && !declared && verdict?.retry !== "throttling") verdict = verdictByCode.get("429"); // it has one meaning
  verdict ??= verdictOfShape(error, code);
  if (!verdict && status) {
    if (name === "SyntaxError") verdict = verdictOfPage(status);
    else if (metadata && status < 500) verdict = verdictByWording(name); // by AWS's custom
    verdict ??= verdictOfStatus(status);
  }
  const cause = verdict || !causesLeft ? undefined : (error.cause ?? loosely(error.errors)?.[0]); // those of Promise.any
  if (cause) {
    const caused = classifyWithin(cause, context, causesLeft - 1);
    if (caused.kind !== "unknown") return { ...caused, code: code ?? caused.code };
  }
  verdict ??= verdictByCode.get(lastResort(error, said)) ?? verdictByWording(said);
  const { kind, retry: advice, fault, severity } = verdict ?? (verdictByCode.get("UNKNOWN") as Verdict);

  // The service model's own word outdoes a code that says "never".
  const trait = metadata && advice === "never" ? loosely(error.$retryable) : undefined;
  const retry = trait ? (trait.throttling ? "throttling" : "transient") : advice;
  const own = declared ? loosely(error.context) : undefined;
  return {
    kind,
    retry,
    fault,
    severity,
    code: said,
    service: service ?? textOf(own?.service),
    operation: context.operation ?? textOf(own?.operation),
    region: context.region ?? textOf(own?.region),
    httpStatus: status,
    requestId: textOf(metadata?.requestId),
    // That of a policy of ours which refused the call; or the server's, if a retry may heed it.
    retryAfterMs:
      waitOf(metadata ? undefined : error.retryAfterMs) ??
      (status && retry !== "never"
        ? retryAfterOf((metadata ? loosely(error.$response) : response)?.headers ?? error.headers)
        : undefined),
  };
}
