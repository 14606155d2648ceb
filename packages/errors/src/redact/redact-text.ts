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
  [/(?<![A-Za-z0-9+/=])(?:IQoJ|FwoG|FQoG|AQoD)[A-Za-z0-9+/=]{60,}/g, whole], // a session token of STS
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
const assignedKey =
  /(?<![:/])((?:pass|pwd|secret|token|api|access|account|shared|private|auth|cred|connection|signature|cookie|x-amz)[\w-]{0,40})\\{0,8}["']?\s{0,8}(?:=>|[:=])\s{0,8}/gi;
const assignedValue =
  /\[redacted\]|(\\{1,8}(["']))[\s\S]*?\1|(")(?:[^"\\]|\\.)*"?|(')(?:[^'\\]|\\.)*'?|[^\s,;&"'}\])]+/y;

/** The text without what looks like a secret, or stands where one stands. Linear in its length. */
export function redactText(text: string, canaries: readonly string[]): string {
  let clean = text;
  for (const canary of canaries) {
    if (clean.includes(canary)) clean = clean.replaceAll(canary, redacted);
  }
  clean = redactAssignments(clean);
  for (const [pattern, replace] of shapes) clean = clean.replaceAll(pattern, replace);
  return clean;
}

// A value is looked at only once its key proves to be a secret's: it may hold another assignment.
function redactAssignments(text: string): string {
  let clean = "";
  let copied = 0;
  assignedKey.lastIndex = 0;
  for (let key = assignedKey.exec(text); key !== null; key = assignedKey.exec(text)) {
    if (!isSensitiveKey(key[1] ?? "")) continue;
    assignedValue.lastIndex = assignedKey.lastIndex;
    const value = assignedValue.exec(text);
    if (value === null || value[0] === redacted || /^(bearer|basic|digest)$/i.test(value[0])) continue;
    clean += text.slice(copied, assignedKey.lastIndex) + quotedLike(value);
    copied = assignedValue.lastIndex;
    assignedKey.lastIndex = copied;
  }
  return clean + text.slice(copied);
}

function quotedLike(value: RegExpExecArray): string {
  const quote = value[1] ?? value[3] ?? value[4] ?? "";
  const closed = quote !== "" && value[0].length >= 2 * quote.length && value[0].endsWith(quote);
  return `${quote}${redacted}${closed ? quote : ""}`;
}
