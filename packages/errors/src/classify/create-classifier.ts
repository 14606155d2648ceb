import { OptionError } from "../option-error.ts";
import type { Classification, ClassificationContext, Classify } from "./classification.ts";
import { classify } from "./classify.ts";

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
 * @throws OptionError if a rule is not an object with a `verdict`.
 */
export function createClassifier({ rules }: ClassifierOptions): Classify {
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
