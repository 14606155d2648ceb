import type { SharedCredentials } from "./credentials/shared-credentials.ts";
import type { StsClients } from "./credentials/sts-clients.ts";
import type { SdkPlugin } from "./plugin/sdk-shapes.ts";

/** Whose credentials a factory's clients use. */
export interface Identity {
  readonly credentials: SharedCredentials;
  /** Known for roles, from the ARN. */
  readonly accountId: string | undefined;
  readonly profile: string | undefined;
  /** The roles assumed on the way, the first first. */
  readonly roles: readonly string[];
  /** Asks STS with these credentials. */
  readonly sts: StsClients;
  /** Holds back every request until the base credentials are known to be those of the account expected. */
  readonly guard: SdkPlugin | undefined;
}
