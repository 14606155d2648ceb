import type { Clock } from "./clock.ts";
import type { FaultRule } from "./faults/fault-rule.ts";
import type { RoleOptions } from "./iam/role-store.ts";
import type { Quota } from "./quotas/default-quotas.ts";
import type { SecretsManagerLags } from "./secrets-manager/secret-store.ts";

export interface LocalAwsOptions {
  /** Port to listen at. Default 0: any free one. */
  readonly port?: number | undefined;
  /** Address to listen at. Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Decides every random choice: probabilities of faults, ARN suffixes, session keys. Default 1. */
  readonly seed?: number | undefined;
  /** Fault rules in force from the start. Default none. */
  readonly faults?: readonly FaultRule[] | undefined;
  /** Quotas in place of the documented ones of the operations they name; `false` for none at all. Default: as documented. */
  readonly quotas?: readonly Quota[] | false | undefined;
  /** Time of everything but signatures and the `Date` header. Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Roles that exist from the start. Default none. */
  readonly roles?: readonly RoleOptions[] | undefined;
  /** Further access keys that can sign, by id. Default: only those that `clientConfig` gives, and those of sessions. */
  readonly accessKeys?:
    | Readonly<Record<string, { readonly account: string; readonly secretAccessKey: string }>>
    | undefined;
  /** How long AWS takes for what it does later. Default: replicas 200 ms, lists 1,000 ms, forced deletions 200 ms. */
  readonly lags?: Partial<SecretsManagerLags> | undefined;
  /** Whether to listen with TLS, by a certificate made for the occasion. Default false. */
  readonly tls?: boolean | undefined;
  /** Calls kept in the log; the oldest go first. Default 10,000. */
  readonly callCapacity?: number | undefined;
}
