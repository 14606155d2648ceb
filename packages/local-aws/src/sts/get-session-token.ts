import type { AccessKeys } from "../identity/access-keys.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import { credentialsOutput } from "./credentials-output.ts";
import type { MfaDevices } from "./mfa.ts";
import { sessionDuration } from "./session-duration.ts";

/** Temporary credentials for the caller itself, 12 hours unless said. Temporary credentials may not ask for them. */
export function getSessionToken(accessKeys: AccessKeys, devices: MfaDevices): Operation {
  return (input, { principal, now }) => {
    if (principal.temporary === true) {
      throw new ServiceError("AccessDenied", "Cannot call GetSessionToken with session credentials", { status: 403 });
    }
    const seconds = sessionDuration(input, { standard: 43_200, max: 129_600 });
    const mfa = devices.proves(input, now);
    return {
      Credentials: credentialsOutput(
        accessKeys.openSession({ ...principal, mfa, temporary: true }, now + seconds * 1_000),
      ),
    };
  };
}
