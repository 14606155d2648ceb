interface Remedy {
  /** Matched against what the SDK's providers say; they give no codes. */
  readonly says: RegExp;
  readonly step: (profile: string) => string;
}

const remedies: readonly Remedy[] = [
  { says: /aws sso login|SSO session .* (expired|invalid)|Token is expired/i, step: (p) => `run: aws sso login${p}` },
  { says: /re-authenticate using aws login/i, step: (p) => `run: aws login${p}` },
  { says: /no MFA code callback/i, step: () => "give the factory `mfaCode`" },
  { says: /Detected a cycle/i, step: () => "break the cycle of source_profile in the shared configuration" },
  { says: /Profile .* (was not found|could not be found)/i, step: () => "run: aws configure list-profiles" },
  { says: /Could not resolve credentials using profile/i, step: (p) => `run: aws configure list${p}` },
  {
    says: /Could not load credentials from any providers|Unable to find|could not be loaded/i,
    step: (p) => `give \`credentials\` or \`profile\`, set AWS_PROFILE, or run: aws configure${p}`,
  },
];

/** What to do when a source of credentials has none. */
export function remedyForSource(error: unknown, profile: string | undefined): string[] {
  const said = error instanceof Error ? error.message : "";
  const option = profile === undefined ? "" : ` --profile ${profile}`;
  const remedy = remedies.find(({ says }) => says.test(said));
  return remedy === undefined ? [] : [remedy.step(option)];
}
