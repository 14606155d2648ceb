import type { SharedCredentials } from "./credentials/shared-credentials.ts";

/** Whose credentials a factory's clients use. */
export interface Identity {
  readonly credentials: SharedCredentials;
  /** Known for roles, from the ARN. */
  readonly accountId: string | undefined;
  readonly profile: string | undefined;
  /** The roles assumed on the way, the first first. */
  readonly roles: readonly string[];
}
