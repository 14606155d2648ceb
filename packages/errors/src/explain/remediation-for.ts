import type { Classification } from "../classify/classification.ts";
import { classify } from "../classify/classify.ts";
import { type ErrorFields, fieldsOf, textOf } from "../classify/error-fields.ts";
import { OptionError } from "../option-error.ts";
import { accessDeniedRemediation } from "./access-denied-remediation.ts";
import { factsOf, messagesOf, missingPackageOf, present } from "./error-facts.ts";
import { fillIn } from "./fill-in.ts";
import type { Remediation, RemediationContext, RemediationStep } from "./remediation.ts";
import { type CatalogueEntry, remediationCatalogue } from "./remediation-catalogue.ts";
import { shellWord } from "./shell-word.ts";

export type RemediationFor = (error: unknown, context?: RemediationContext) => Remediation;

export interface RemediationOptions {
  /** Tried in order, before those of this package. */
  readonly entries: readonly CatalogueEntry[];
}

/**
 * What to do about an error, as data: a stable code, one line, ordered steps with command lines and links, filled in
 * from the error. An AccessDenied gives the principal, action, resource, kind of policy, account, and the smallest
 * statement that would allow it. An error of yours that carries `remediation` keeps it. Never throws.
 */
export const remediationFor: RemediationFor = (error, context) => remedy(error, context, remediationCatalogue);

/**
 * A {@link remediationFor} that knows your entries first.
 *
 * @throws OptionError if an entry has no code, no summary or no steps.
 */
export function createRemediationFor({ entries }: RemediationOptions): RemediationFor {
  if (!Array.isArray(entries)) throw new OptionError("entries", "an array of entries", entries);
  for (const [index, entry] of entries.entries()) {
    if (!entry.code || !entry.summary || !Array.isArray(entry.steps)) {
      throw new OptionError(`entries[${index}]`, "an entry with code, summary and steps", entry);
    }
  }
  const catalogue = [...entries, ...remediationCatalogue];
  return (error, context) => remedy(error, context, catalogue);
}

const accessDenied =
  /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError|KMSAccessDeniedException|KmsAccessDenied)$/;
const unexplained: Remediation = {
  code: "unknown",
  summary: "Nothing is known of this error",
  steps: [],
  parameters: {},
};

function remedy(
  error: unknown,
  context: RemediationContext | undefined,
  catalogue: readonly CatalogueEntry[],
): Remediation {
  try {
    return remedyOf(fieldsOf(error) ?? {}, classify(error, context), context, catalogue);
  } catch {
    return unexplained; // a proxy or a getter that throws
  }
}

function remedyOf(
  error: ErrorFields,
  classification: Classification,
  context: RemediationContext | undefined,
  catalogue: readonly CatalogueEntry[],
): Remediation {
  const messages = messagesOf(error);
  const missing = missingPackageOf(error) !== undefined;
  const fitting = catalogue.find(
    (entry) =>
      fits(entry, classification, messages) ||
      // What is not installed underneath is to be mended, whatever the error around it is about.
      (missing && entry.errorCodes?.includes("ERR_MISSING_PEER")),
  );
  const ownSteps = stepsOf(error);
  if (ownSteps.length > 0) {
    return {
      code: classification.code ?? classification.kind,
      summary: messages[0] ?? "",
      steps: ownSteps,
      parameters: factsOf(error, classification, context),
    };
  }
  const own = fitting !== undefined && !remediationCatalogue.includes(fitting);
  if (!own && accessDenied.test(classification.code ?? "")) {
    return accessDeniedRemediation(messages.find((message) => /not authorized|KMS|ciphertext/.test(message)) ?? "");
  }
  if (fitting === undefined) return unexplained;
  const groups = firstMatch(fitting.message, messages)?.groups ?? {};
  return filled(fitting, { ...factsOf(error, classification, context), ...present(groups) });
}

function stepsOf({ remediation }: ErrorFields): readonly RemediationStep[] {
  if (!Array.isArray(remediation)) return [];
  return remediation.filter((step): step is RemediationStep => textOf(fieldsOf(step)?.text) !== undefined);
}

function fits(
  { errorCodes, kinds, message }: CatalogueEntry,
  { code, kind }: Classification,
  messages: readonly string[],
): boolean {
  return (
    (errorCodes === undefined ||
      (code !== undefined && errorCodes.some((known) => known === code || `${known}Exception` === code))) &&
    (kinds === undefined || kinds.includes(kind)) &&
    (message === undefined || firstMatch(message, messages) !== undefined)
  );
}

function firstMatch(pattern: RegExp | undefined, messages: readonly string[]): RegExpExecArray | undefined {
  if (pattern === undefined) return undefined;
  for (const message of messages) {
    pattern.lastIndex = 0; // of a user's global pattern
    const match = pattern.exec(message);
    if (match !== null) return match;
  }
  return undefined;
}

function filled({ code, summary, steps }: CatalogueEntry, parameters: Readonly<Record<string, string>>): Remediation {
  return {
    code,
    summary: fillIn(summary, parameters),
    steps: steps.map(({ text, command, url }) => ({
      text: fillIn(text, parameters),
      ...(command !== undefined && { command: fillIn(command, parameters, shellWord) }),
      ...(url !== undefined && { url: fillIn(url, parameters, encodeURIComponent) }),
    })),
    parameters,
  };
}
