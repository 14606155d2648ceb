import type { Classification, ClassificationContext, RetryAdvice } from "./classification.ts";
import { declaredVerdict } from "./declared-verdict.ts";
import { fieldsOf, textOf } from "./error-fields.ts";
import { codeOf, type Evidence, evidenceOf, withLibraryAnswer, withOwnContext } from "./evidence.ts";
import { foreignCode } from "./foreign-code.ts";
import { codeOfPage, verdictOfStatus } from "./http-status.ts";
import { verdictByCode } from "./known-codes.ts";
import { lastResort } from "./last-resort.ts";
import { retryAfterOf } from "./retry-after.ts";
import type { Verdict } from "./verdict.ts";
import { codeLike } from "./wording.ts";

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
  if (fields !== undefined) {
    try {
      return judge(evidenceOf(fields, context), depth);
    } catch {
      // a proxy or a getter that throws
    }
  }
  return conclude(undefined, evidenceOf({}, context));
}

function judge(evidence: Evidence, depth: number): Classification {
  const { error, name, code, metadata } = evidence;
  const declared = metadata === undefined ? declaredVerdict(error) : undefined;
  if (declared !== undefined) return conclude(declared, withOwnContext(evidence));
  const listed = (code === undefined ? undefined : verdictByCode.get(code)) ?? verdictByCode.get(name);
  if (listed === undefined) return judgeUnlisted(evidence, depth);
  const rather = listed.refine?.(evidence);
  return conclude(rather ? verdictByCode.get(rather) : listed, withLibraryAnswer(evidence));
}

function judgeUnlisted(ownEvidence: Evidence, depth: number): Classification {
  const foreign = foreignCode(ownEvidence);
  if (foreign !== undefined) return conclude(verdictByCode.get(foreign.like), ownEvidence, foreign.code);

  const evidence = withLibraryAnswer(ownEvidence);
  const answered = verdictOfAnswer(evidence);
  if (answered !== undefined) return conclude(answered, evidence);

  const caused = depth < deepestCause ? classifyCause(evidence, depth) : undefined;
  if (caused !== undefined && caused.kind !== "unknown") {
    const ownCode = textOf(evidence.code);
    return ownCode === undefined ? caused : { ...caused, code: ownCode };
  }
  return conclude(verdictByCode.get(lastResort(evidence) ?? codeLike(codeOf(evidence) ?? "")), evidence);
}

/** What the answer says of a code that is not listed. AWS words its codes by custom, so their wording counts first. */
function verdictOfAnswer({ name, status, metadata }: Evidence): Verdict | undefined {
  if (status === undefined) return undefined;
  if (name === "SyntaxError") return verdictByCode.get(codeOfPage(status));
  const like = metadata !== undefined && status < 500 && status !== 429 ? codeLike(`${name}`) : "";
  return verdictByCode.get(like) ?? verdictOfStatus(status);
}

function classifyCause({ error, context }: Evidence, depth: number): Classification | undefined {
  const { cause = firstOf(error.errors) } = error; // AggregateError: of Promise.any, of a host with several addresses
  return cause === undefined ? undefined : classifyWithin(cause, context, depth + 1);
}

function firstOf(errors: unknown): unknown {
  return Array.isArray(errors) ? errors[0] : undefined;
}

function conclude(
  judged: Verdict = verdictByCode.get("UNKNOWN") as Verdict,
  evidence: Evidence,
  code: string | undefined = codeOf(evidence),
): Classification {
  const { metadata, service, context, status } = evidence;
  const { kind, retry, fault, severity } = metadata === undefined ? judged : correctedBySdk(judged, evidence);
  return {
    kind,
    retry,
    fault,
    severity,
    code,
    service,
    operation: context?.operation,
    region: context?.region,
    httpStatus: status,
    requestId: textOf(metadata?.requestId),
    retryAfterMs: hintOf(evidence, retry),
  };
}

/** 429 has one meaning, and `$retryable` is the service model's own word: either outdoes a code that says "never". */
function correctedBySdk(judged: Verdict, { error, status }: Evidence): Verdict {
  if (status === 429 && judged.retry !== "throttling") return verdictByCode.get("429") as Verdict;
  const trait = judged.retry === "never" ? fieldsOf(error.$retryable) : undefined;
  return trait === undefined ? judged : { ...judged, retry: trait.throttling === true ? "throttling" : "transient" };
}

/** The server's hint, if a retry may heed it; or that of a policy of ours which refused the call. */
function hintOf({ error, metadata, headers }: Evidence, retry: RetryAdvice): number | undefined {
  const own = metadata === undefined ? error.retryAfterMs : undefined;
  if (typeof own === "number" && own >= 0 && own < Number.POSITIVE_INFINITY) return own;
  if (retry === "never") return undefined;
  return retryAfterOf(metadata === undefined ? headers : fieldsOf(error.$response)?.headers);
}
