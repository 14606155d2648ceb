import { isSensitiveKey } from "./sensitive-key.ts";

/** What stands where a secret stood. */
export const redacted = "[redacted]";

type Shape = readonly [RegExp, (match: string, ...groups: string[]) => string];

const whole = (): string => redacted;

// Each pattern is linear: no start position scans what another has scanned, save for a bounded stretch.
const shapes: readonly Shape[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g, whole],
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, whole], // a JWT, signed or not
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g, whole],
  [/(?<![A-Za-z0-9+/=])(?:IQoJ|FwoG|FQoG|FwoD|AQoD)[A-Za-z0-9+/=]{60,}/g, whole], // a session token of STS
  [
    /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g,
    (match) => (looksLikeSecretKey(match) ? redacted : match),
  ],
  [/\b(bearer|basic|digest) {1,4}[A-Za-z0-9._~+/=-]{8,}/gi, (_match, scheme) => `${scheme} ${redacted}`],
  [/(:\/\/[^\s:@/?#"']{0,256}):[^\s/"']{1,1024}@/g, (_match, user) => `${user}:${redacted}@`],
];

// A secret access key has 40 base64 characters; so have SHA-1 digests in hex and some paths, which lack one or other class.
function looksLikeSecretKey(text: string): boolean {
  return /[A-Z]/.test(text) && /[a-z]/.test(text) && /[0-9]/.test(text) && !/^[0-9a-fA-F]+$/.test(text);
}

// `key=value`, `"key": "value"`, `key: value`, also inside JSON inside JSON, where quotes carry backslashes. Not after a
// colon or a slash: there it is a segment of an ARN or a path.
const assignment =
  /(?<![:/])(pass|pwd|secret|token|api|access|account|shared|private|auth|cred|connection|signature|cookie|x-amz)([\w-]{0,40})(\\{0,8}["']?\s{0,8}(?:=>|[:=])\s{0,8})(\\{1,8}(["'])[\s\S]*?\\{1,8}\5|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&"'}\])]+)/gi;

/** The text without what looks like a secret, or stands where one stands. Linear in its length. */
export function redactText(text: string, canaries: readonly string[]): string {
  let clean = text;
  for (const canary of canaries) {
    if (clean.includes(canary)) clean = clean.replaceAll(canary, redacted);
  }
  clean = clean.replaceAll(assignment, redactAssignment);
  for (const [pattern, replace] of shapes) clean = clean.replaceAll(pattern, replace);
  return clean;
}

function redactAssignment(match: string, start: string, rest: string, separator: string, value: string): string {
  if (!isSensitiveKey(start + rest) || value === redacted || /^(bearer|basic|digest)$/i.test(value)) return match;
  const quote = /^\\{0,8}["']/.exec(value)?.[0] ?? "";
  const closed = quote !== "" && value.length >= 2 * quote.length && value.endsWith(quote);
  return `${start}${rest}${separator}${quote}${redacted}${closed ? quote : ""}`;
}
