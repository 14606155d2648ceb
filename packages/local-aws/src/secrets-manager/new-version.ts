import { blob, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import { checkLabelCount, moveLabel } from "./labels.ts";
import { current, type Secret, type SecretValue, sameValue } from "./secret.ts";

const longestValue = 65_536;
const dayMs = 86_400_000;
const deprecatedKept = 100;

/** The value in the request, undefined when there is none. */
export function readValue(input: Fields): SecretValue | undefined {
  const string = text(input, "SecretString");
  const bytes = blob(input, "SecretBinary");
  if (string !== undefined && bytes !== undefined) {
    throw new ServiceError(
      "InvalidParameterException",
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (string !== undefined) {
    checkLength("secretString", Buffer.byteLength(string));
    return { text: string };
  }
  if (bytes === undefined) return undefined;
  checkLength("secretBinary", bytes.length);
  return { bytes };
}

/** The token that becomes the version's id. */
export function readToken(input: Fields): string {
  const token = text(input, "ClientRequestToken");
  if (token === undefined || token === "") {
    throw new ServiceError(
      "InvalidRequestException",
      "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    );
  }
  if (token.length < 32 || token.length > 64) {
    throw new ServiceError("InvalidParameterException", "ClientRequestToken must be 32-64 characters long.");
  }
  return token;
}

/** Whether this version is there already. The same token with another value is refused. */
export function isReplay(secret: Secret, token: string, value: SecretValue): boolean {
  const version = secret.versions.get(token);
  if (version === undefined) return false;
  if (sameValue(version.value, value)) return true;
  throw new ServiceError(
    "ResourceExistsException",
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${secret.arn}.`,
  );
}

/** Adds a version with its labels. The first version of a secret always gets AWSCURRENT. */
export function addVersion(
  secret: Secret,
  id: string,
  value: SecretValue,
  stages: readonly string[],
  now: number,
): void {
  const labels = secret.versions.size === 0 && !stages.includes(current) ? [...stages, current] : stages;
  checkLabelCount(secret, labels);
  secret.versions = new Map(secret.versions).set(id, { id, value, stages: [], createdAt: now });
  for (const stage of labels) moveLabel(secret, stage, id);
  prune(secret, now);
}

// AWS forgets versions without labels beyond 100, but none younger than a day.
function prune(secret: Secret, now: number): void {
  if (secret.versions.size <= deprecatedKept) return;
  const deprecated = [...secret.versions.values()].filter(({ stages }) => stages.length === 0);
  const surplus = deprecated.slice(0, -deprecatedKept).filter(({ createdAt }) => now - createdAt > dayMs);
  if (surplus.length === 0) return;
  const versions = new Map(secret.versions);
  for (const { id } of surplus) versions.delete(id);
  secret.versions = versions;
}

function checkLength(member: string, length: number): void {
  if (length >= 1 && length <= longestValue) return;
  const bound = length === 0 ? "greater than or equal to 1" : `less than or equal to ${longestValue}`;
  throw new ServiceError(
    "ValidationException",
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length ${bound}`,
  );
}
