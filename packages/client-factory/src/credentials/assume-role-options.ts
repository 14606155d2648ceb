import { OptionError } from "@holdfast/errors";
import { assertFunction, assertInteger, assertKnownOptions } from "@holdfast/errors/policy";
import { assertText } from "../assert-place.ts";
import { parseRoleArn } from "./role-arn.ts";

/** The code that an MFA device shows, or a function that asks for it, given the serial number. */
export type MfaCode = string | ((mfaSerial: string) => Promise<string>);

export interface AssumeRoleOptions {
  /** E.g. `arn:aws:iam::123456789012:role/Deploy`. */
  readonly roleArn: string;
  /** What the role's owner asks for, so that nobody else can make you use the role. */
  readonly externalId?: string | undefined;
  /** Shown in CloudTrail; 2 to 64 of `A-Z a-z 0-9 _ + = , . @ -`. Default: user, purpose and host. */
  readonly sessionName?: string | undefined;
  /** How long a session lasts, in seconds: 900 to 43,200, and at most 3,600 in a chain of roles. Default 3,600. */
  readonly durationSeconds?: number | undefined;
  /** Up to 50; the role's trust policy must allow `sts:TagSession`. */
  readonly sessionTags?: Readonly<Record<string, string>> | undefined;
  /** Keys of the tags that roles assumed from this one inherit. */
  readonly transitiveTagKeys?: readonly string[] | undefined;
  /** Who is behind the session; cannot be changed further down a chain. */
  readonly sourceIdentity?: string | undefined;
  /** A policy that narrows the session: the document, or its JSON text. */
  readonly policy?: string | object | undefined;
  /** The ARN or serial number of the MFA device. Then `mfaCode` is needed. */
  readonly mfaSerial?: string | undefined;
  /** The code the device shows, or a function that asks for it, given the serial number. */
  readonly mfaCode?: MfaCode | undefined;
  /** Where STS is asked. Default: the factory's region, else the first region of the role's partition. */
  readonly region?: string | undefined;
}

const assumeRoleOptionNames: Readonly<Record<keyof AssumeRoleOptions, true>> = {
  roleArn: true,
  externalId: true,
  sessionName: true,
  durationSeconds: true,
  sessionTags: true,
  transitiveTagKeys: true,
  sourceIdentity: true,
  policy: true,
  mfaSerial: true,
  mfaCode: true,
  region: true,
};

/** The longest session of a role that was assumed from another role; AWS allows no more. */
export const longestChainedSeconds = 3_600;

/** Throws an OptionError for what STS would refuse. `chained`: whether the caller is a role itself. */
export function assertAssumeRoleOptions(options: AssumeRoleOptions, chained: boolean): void {
  assertKnownOptions("assumeRole()", options, assumeRoleOptionNames);
  parseRoleArn("roleArn", options.roleArn);
  assertText("externalId", options.externalId, /^[\w+=,.@:/-]{2,1224}$/, "2 to 1,224 of A-Z a-z 0-9 _ + = , . @ : / -");
  assertText("sessionName", options.sessionName, /^[\w+=,.@-]{2,64}$/, "2 to 64 of A-Z a-z 0-9 _ + = , . @ -");
  assertText("sourceIdentity", options.sourceIdentity, /^[\w+=,.@-]{2,64}$/, "2 to 64 of A-Z a-z 0-9 _ + = , . @ -");
  assertDuration(options.durationSeconds, chained);
  assertTags(options);
  assertMfa(options);
}

function assertDuration(seconds: number | undefined, chained: boolean): void {
  if (seconds === undefined) return;
  assertInteger("durationSeconds", seconds, { min: 900, max: 43_200 });
  if (chained && seconds > longestChainedSeconds) {
    throw new OptionError(
      "durationSeconds",
      `at most ${longestChainedSeconds}, since a role that is assumed from another role lasts an hour at most`,
      seconds,
    );
  }
}

function assertTags({ sessionTags = {}, transitiveTagKeys = [] }: AssumeRoleOptions): void {
  const keys = Object.keys(sessionTags);
  if (keys.length > 50) throw new OptionError("sessionTags", "at most 50 tags", keys.length);
  for (const key of transitiveTagKeys) {
    if (!keys.includes(key)) throw new OptionError("transitiveTagKeys", "keys of `sessionTags`", key);
  }
}

function assertMfa({ mfaSerial, mfaCode }: AssumeRoleOptions): void {
  if (mfaSerial === undefined && mfaCode === undefined) return;
  if (mfaSerial === undefined) throw new OptionError("mfaSerial", "given where mfaCode is", mfaSerial);
  if (typeof mfaCode !== "string") assertFunction("mfaCode", mfaCode);
}
