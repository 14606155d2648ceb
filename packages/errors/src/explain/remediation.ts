import type { ClassificationContext } from "../classify/classification.ts";

/** What the place that caught the error knows; it fills in `{name}` in commands. */
export interface RemediationContext extends ClassificationContext {
  readonly profile?: string | undefined;
  /** Any other names that entries of yours use, e.g. `secretId`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** One thing to do, with the command that does it. */
export interface RemediationStep {
  readonly text: string;
  /** A command line to run as it stands, with the error's own values filled in. */
  readonly command?: string | undefined;
  /** Where it is documented. */
  readonly url?: string | undefined;
}

/** The IAM statement that would allow what was denied, and no more. */
export interface PolicyStatement {
  readonly Effect: "Allow";
  readonly Principal?: { readonly AWS: string } | undefined;
  readonly Action: string;
  readonly Resource?: string | undefined;
}

/** What to do about an error, as data. */
export interface Remediation {
  /** Stable, for programs: e.g. `access-denied`, `sso-session-expired`. */
  readonly code: string;
  /** One line for a person. */
  readonly summary: string;
  /** In the order to try them. */
  readonly steps: readonly RemediationStep[];
  /** The facts that the error gave, by name, e.g. `principal`, `action`, `profile`, `offsetMs`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly statement?: PolicyStatement | undefined;
}
