import { type Answer, libraryAnswer, sdkAnswer } from "./answer.ts";
import type { Classification, ClassificationContext } from "./classification.ts";
import { declaredVerdict } from "./declared-verdict.ts";
import { verdictByCode, verdictByWording } from "./error-codes.ts";
import { type ErrorFields, fieldsOf, textOf } from "./error-fields.ts";
import { foreignVerdict } from "./foreign-verdict.ts";
import { verdictOfPage, verdictOfStatus } from "./http-status.ts";
import { lastResort } from "./last-resort.ts";
import { retryAfterOf } from "./retry-after.ts";
import { serviceNameOf } from "./service-name.ts";
import type { Verdict } from "./verdict.ts";
import { tooFast, unknown } from "./verdicts.ts";

/** How many causes are looked at below an error that says nothing itself, as in the AWS SDK. */
const deepestCause = 10;

/**
 * Says what went wrong, whether the same call may succeed if made again, and whose fault it is.
 *
 * Decides by code, name, HTTP status and system call; a message is read only where AWS or the platform gives
 * nothing else (`refinements.ts` lists them). An error that says nothing itself is judged by its `cause`, ten
 * deep at most. Takes any value at all: it never throws, changes nothing, and reads no property twice.
 */
export function classify(error: unknown, context?: ClassificationContext): Classification {
  return classifyWithin(error, context, 0);
}

function classifyWithin(error: unknown, context: ClassificationContext | undefined, depth: number): Classification {
  const fields = fieldsOf(error);
  if (fields === undefined) return conclude(unknown, undefined, undefined, undefined, context);
  try {
    return judge(fields, fields.name, fields.code, context, depth);
  } catch {
    return conclude(unknown, undefined, undefined, undefined, context); // a proxy or a getter that throws
  }
}

function judge(
  error: ErrorFields,
  name: unknown,
  code: unknown,
  context: ClassificationContext | undefined,
  depth: number,
): Classification {
  const metadata = fieldsOf(error.$metadata);
  const answer = metadata === undefined ? undefined : sdkAnswer(error, metadata);
  const kind = error.kind;
  const listed =
    (kind === undefined ? undefined : declaredVerdict(error, kind)) ??
    (code === undefined ? undefined : verdictByCode.get(code)) ??
    verdictByCode.get(name);
  if (listed === undefined) return judgeUnlisted(error, name, code, answer, context, depth);

  const service = context?.service ?? (metadata === undefined ? undefined : serviceNameOf(error));
  const judged =
    listed.refine === undefined
      ? listed
      : listed.refine(listed, error, { metadata, service, queuedRequests: context?.queuedRequests ?? 0 });
  return concludeWithHint(judged, error, ownCode(name, code), answer, service, context);
}

function judgeUnlisted(
  error: ErrorFields,
  name: unknown,
  code: unknown,
  sdk: Answer | undefined,
  context: ClassificationContext | undefined,
  depth: number,
): Classification {
  const foreign = foreignVerdict(error, name, code);
  if (foreign !== undefined) return conclude(foreign.verdict, foreign.code, undefined, undefined, context);

  const answer = sdk ?? libraryAnswer(error);
  const service = context?.service ?? (sdk === undefined ? undefined : serviceNameOf(error));
  const said = ownCode(name, code);
  const ofAnswer = verdictOfAnswer(name, answer);
  if (ofAnswer !== undefined) return concludeWithHint(ofAnswer, error, said, answer, service, context);

  const cause = depth < deepestCause ? causeOf(error) : undefined;
  const caused = cause === undefined ? undefined : classifyWithin(cause, context, depth + 1);
  if (caused !== undefined && caused.kind !== "unknown") return { ...caused, code: textOf(code) ?? caused.code };

  const judged = lastResort(error, name, code) ?? verdictByWording(said ?? "") ?? unknown;
  return concludeWithHint(judged, error, said, answer, service, context);
}

/** What the answer says of a code that is not listed. AWS words its codes by custom, so their wording counts first. */
function verdictOfAnswer(name: unknown, answer: Answer | undefined): Verdict | undefined {
  const status = answer?.status;
  if (answer === undefined || status === undefined) return undefined;
  if (name === "SyntaxError") return verdictOfPage(status);
  const worded = answer.metadata !== undefined && status < 500 ? verdictByWording(textOf(name) ?? "") : undefined;
  return worded ?? verdictOfStatus(status);
}

function concludeWithHint(
  judged: Verdict,
  error: ErrorFields,
  code: string | undefined,
  answer: Answer | undefined,
  service: string | undefined,
  context: ClassificationContext | undefined,
): Classification {
  const ofTrait = answer?.metadata === undefined ? judged : verdictOfTrait(judged, error.$retryable, answer.status);
  return conclude(ofTrait, code, answer, service, context, hintOf(error, answer));
}

/** `$retryable` is the service model's own word, and 429 has one meaning: either outdoes a code that says "never". */
function verdictOfTrait(judged: Verdict, trait: unknown, status: number | undefined): Verdict {
  if (judged.retry === "throttling") return judged;
  if (status === 429) return tooFast;
  if (trait === undefined || judged.retry !== "never") return judged;
  return { ...judged, retry: fieldsOf(trait)?.throttling === true ? "throttling" : "transient" };
}

/** The server's hint, or that of a policy of ours which refused the call. */
function hintOf(error: ErrorFields, answer: Answer | undefined): number | undefined {
  if (answer !== undefined) {
    return retryAfterOf(answer.headers);
  }
  const own = error.retryAfterMs;
  return typeof own === "number" && own >= 0 && own < Number.POSITIVE_INFINITY ? own : undefined;
}

function causeOf(error: ErrorFields): unknown {
  const { cause } = error;
  if (cause !== undefined) return cause;
  const { errors } = error; // AggregateError: of Promise.any, of a connection tried over several addresses
  return Array.isArray(errors) ? errors[0] : undefined;
}

function ownCode(name: unknown, code: unknown): string | undefined {
  return textOf(code) ?? (name === "Error" ? undefined : textOf(name));
}

function conclude(
  { kind, retry, fault, severity }: Verdict,
  code: string | undefined,
  answer: Answer | undefined,
  service: string | undefined,
  context: ClassificationContext | undefined,
  retryAfterMs?: number,
): Classification {
  return {
    kind,
    retry,
    fault,
    severity,
    code,
    service: service ?? context?.service,
    operation: context?.operation,
    region: context?.region,
    httpStatus: answer?.status,
    requestId: answer?.requestId,
    retryAfterMs,
  };
}
