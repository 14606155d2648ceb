import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";

const codeMs = 30_000;
const rememberedCodes = 1_000;

/** Virtual devices. Any six digits are a code, but 000000, which is a wrong one; each is good once in its 30 seconds. */
export class MfaDevices {
  readonly #usedAt = new Map<string, number>();

  /** Whether the request proves a second factor. Throws AccessDenied when it tries to and fails. */
  proves({ SerialNumber, TokenCode }: Fields, now: number): boolean {
    if (SerialNumber === undefined && TokenCode === undefined) return false;
    if (typeof SerialNumber !== "string" || typeof TokenCode !== "string" || !/^\d{6}$/.test(TokenCode)) {
      throw new ServiceError("ValidationError", "MFA needs both SerialNumber and a TokenCode of six digits.");
    }
    const code = `${SerialNumber}/${TokenCode}`;
    if (TokenCode === "000000" || now - (this.#usedAt.get(code) ?? Number.NEGATIVE_INFINITY) < codeMs) {
      throw new ServiceError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ", {
        status: 403,
      });
    }
    if (this.#usedAt.size >= rememberedCodes) this.#usedAt.clear();
    this.#usedAt.set(code, now);
    return true;
  }
}
