import { OptionError } from "../option-error.ts";
import { assertFunction, assertKnownOptions, assertNumber, assertOneOf } from "../options.ts";
import type {
  Classification,
  ClassificationContext,
  Classify,
  Fault,
  RetryAdvice,
  Severity,
} from "./classification.ts";
import { classify } from "./classify.ts";
import { severityAndFaultOf } from "./known-codes.ts";

/** A rule of your own: when all that it names fits, `verdict` replaces what the built-in classifier said. */
export interface ClassificationRule {
  /** The codes it is about, exactly as classified. Any code if left out. */
  readonly code?: string | readonly string[] | undefined;
  /** E.g. `SecretsManager`. Any service if left out. */
  readonly service?: string | undefined;
  /** E.g. `PutSecretValue`. Any operation if left out. */
  readonly operation?: string | undefined;
  readonly httpStatus?: number | undefined;
  /** Looks at the error itself. If it throws, the rule does not fit. */
  readonly matches?: ((error: unknown, classification: Classification) => boolean) | undefined;
  readonly verdict: Readonly<Partial<Pick<Classification, "kind" | "retry" | "fault" | "severity" | "retryAfterMs">>>;
}

export interface ClassifierOptions {
  /** Tried in order; the first that fits decides. */
  readonly rules: readonly ClassificationRule[];
}

/**
 * A `classify` that knows your rules first, for codes of your own or to differ from ours.
 *
 * @throws OptionError if a rule has no `verdict`, or a condition or a verdict that there is not.
 */
export function createClassifier(options: ClassifierOptions): Classify {
  assertKnownOptions("createClassifier()", options, { rules: 0 });
  const { rules } = options;
  if (!Array.isArray(rules)) throw new OptionError("rules", "an array of rules", rules);
  const compiled = rules.map(compileRule);
  return (error, context) => {
    const classification = classify(error, context);
    for (const { fits, verdict } of compiled) {
      if (fits(error, classification, context)) return { ...classification, ...verdict };
    }
    return classification;
  };
}

interface CompiledRule {
  readonly fits: (
    error: unknown,
    classification: Classification,
    context: ClassificationContext | undefined,
  ) => boolean;
  readonly verdict: ClassificationRule["verdict"];
}

function compileRule(rule: ClassificationRule, index: number): CompiledRule {
  if (typeof rule?.verdict !== "object" || rule.verdict === null) {
    throw new OptionError(`rules[${index}].verdict`, "an object with kind, retry, fault or severity", rule?.verdict);
  }
  assertRule(`rules[${index}]`, rule);
  const { code, service, operation, httpStatus, matches, verdict } = rule;
  const codes = code === undefined ? undefined : new Set<string | undefined>(typeof code === "string" ? [code] : code);
  return {
    verdict,
    fits: (error, classification) =>
      (codes === undefined || codes.has(classification.code)) &&
      (service === undefined || service === classification.service) &&
      (operation === undefined || operation === classification.operation) &&
      (httpStatus === undefined || httpStatus === classification.httpStatus) &&
      (matches === undefined || matchesSafely(matches, error, classification)),
  };
}

const ruleNames: Readonly<Record<keyof ClassificationRule, 0>> = {
  code: 0,
  service: 0,
  operation: 0,
  httpStatus: 0,
  matches: 0,
  verdict: 0,
};
const verdictNames: Readonly<Record<keyof ClassificationRule["verdict"], 0>> = {
  kind: 0,
  retry: 0,
  fault: 0,
  severity: 0,
  retryAfterMs: 0,
};

const advices: readonly RetryAdvice[] = ["never", "transient", "throttling", "after-refresh", "if-idempotent"];
const faults: readonly Fault[] = ["caller", "client", "network", "server"];
const severities: readonly Severity[] = ["low", "medium", "high", "critical"];

/** A condition misspelt is no condition, and its rule would fit every error. */
function assertRule(at: string, rule: ClassificationRule): void {
  assertKnownOptions(at, rule, ruleNames);
  assertKnownOptions(`${at}.verdict`, rule.verdict, verdictNames);
  const { kind, retry, fault, severity, retryAfterMs } = rule.verdict;
  if (rule.matches !== undefined) assertFunction(`${at}.matches`, rule.matches);
  if (kind !== undefined && severityAndFaultOf(kind) === undefined) {
    throw new OptionError(`${at}.verdict.kind`, "a kind that `classify` gives", kind);
  }
  if (retry !== undefined) assertOneOf(`${at}.verdict.retry`, retry, advices);
  if (fault !== undefined) assertOneOf(`${at}.verdict.fault`, fault, faults);
  if (severity !== undefined) assertOneOf(`${at}.verdict.severity`, severity, severities);
  if (retryAfterMs !== undefined) assertNumber(`${at}.verdict.retryAfterMs`, retryAfterMs, { min: 0 });
}

function matchesSafely(
  matches: NonNullable<ClassificationRule["matches"]>,
  error: unknown,
  classification: Classification,
): boolean {
  try {
    return matches(error, classification);
  } catch {
    return false;
  }
}
