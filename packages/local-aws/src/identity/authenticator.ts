import type { Clock } from "../clock.ts";
import { refusal } from "../server/front-door-errors.ts";
import type { IncomingCall } from "../server/incoming-call.ts";
import type { FrontDoorErrors, Service } from "../server/service.ts";
import type { WireRequest } from "../server/wire-request.ts";
import type { KnownKey } from "./access-keys.ts";
import type { SignedAs } from "./authorization-header.ts";
import { localUser, type Principal } from "./principal.ts";
import { SignatureChecker } from "./signature.ts";

const allowedSkewMs = 5 * 60_000;

/** Tells who signed a request, or refuses it as AWS does. */
export class Authenticator {
  readonly #clock: Clock;
  readonly #signatures = new SignatureChecker();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `ServiceError` unless the request is signed by a known key, in time, for this service. */
  principalOf(request: WireRequest, call: IncomingCall, service: Service, skewMs: number): Principal {
    const { errors } = service;
    const { signedAs, key } = call;
    if (signedAs === undefined) throw unsigned(request, errors);
    if (signedAs.service !== service.signingName) {
      throw refusal(errors.badSignature, `Credential should be scoped to correct service: '${service.signingName}'. `);
    }
    if (key === undefined || request.header("x-amz-security-token") !== key.session?.token) {
      throw refusal(errors.unknownKey, "The security token included in the request is invalid.");
    }
    this.checkSession(call, errors);
    checkSigningTime(request, errors, skewMs);
    this.#checkSignature(request, signedAs, key, errors);
    return key.session?.principal ?? localUser(key.account, signedAs.region);
  }

  /** Throws `ServiceError` when the request is made with a session that has ended. */
  checkSession({ key }: IncomingCall, errors: FrontDoorErrors): void {
    if (key?.session === undefined || key.session.expiresAt > this.#clock.now()) return;
    throw refusal(errors.expiredToken, "The security token included in the request is expired");
  }

  #checkSignature(request: WireRequest, signedAs: SignedAs, key: KnownKey, errors: FrontDoorErrors): void {
    if (this.#signatures.matches(request, signedAs, key.secretAccessKey)) return;
    throw refusal(
      errors.badSignature,
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  }
}

function unsigned(request: WireRequest, errors: FrontDoorErrors): Error {
  return request.header("authorization") === undefined
    ? refusal(errors.missingToken, "Missing Authentication Token")
    : refusal(errors.incompleteSignature, "Authorization header is not in the form of AWS4-HMAC-SHA256.");
}

// Clients sign by the machine's clock, so the machine's clock judges, whatever clock the endpoint was given.
function checkSigningTime(request: WireRequest, errors: FrontDoorErrors, skewMs: number): void {
  const stamp = request.header("x-amz-date") ?? "";
  const signedAt = parseStamp(stamp);
  const now = Date.now() + skewMs;
  if (Number.isNaN(signedAt)) throw refusal(errors.incompleteSignature, "Date must be in ISO-8601 'basic format'.");
  if (signedAt < now - allowedSkewMs) {
    throw refusal(
      errors.badSignature,
      `Signature expired: ${stamp} is now earlier than ${stampOf(now - allowedSkewMs)} (${stampOf(now)} - 5 min.)`,
    );
  }
  if (signedAt > now + allowedSkewMs) {
    throw refusal(
      errors.badSignature,
      `Signature not yet current: ${stamp} is still later than ${stampOf(now + allowedSkewMs)} (${stampOf(now)} + 5 min.)`,
    );
  }
}

function parseStamp(stamp: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp);
  if (parts === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function stampOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
