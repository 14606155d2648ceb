import { assertNumber } from "../option-error.ts";
import { defaultQuotas, type Quota } from "./default-quotas.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Counts requests against the quotas of each account in each region. */
export class Quotas {
  readonly #quotaByOperation = new Map<string, Quota>();
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(quotas: readonly Quota[] | false) {
    for (const quota of quotas === false ? [] : quotas) {
      assertNumber("quotas.perSecond", quota.perSecond, { min: 0 });
      for (const operation of quota.operations) this.#quotaByOperation.set(`${quota.service}.${operation}`, quota);
    }
  }

  /** Whether the request is within the quota, counting it if so. The account is the caller's, not the resource's. */
  admit(service: string, operation: string, account: string, region: string, nowMs: number): boolean {
    const quota = this.#quotaByOperation.get(`${service}.${operation}`);
    if (quota === undefined) return true;
    const { perSecond, burst = Math.max(1, perSecond) } = quota;
    const name = `${account}/${region}/${quota.service}.${quota.operations[0]}`;
    const bucket = this.#buckets.get(name) ?? new TokenBucket(perSecond, burst, nowMs);
    this.#buckets.set(name, bucket);
    return bucket.take(nowMs);
  }
}

/** The documented quotas with `changes` in place: a quota replaces those of the operations it names. */
export function quotasWith(changes: readonly Quota[] | false | undefined): readonly Quota[] | false {
  if (changes === false) return false;
  return [...defaultQuotas, ...(changes ?? [])];
}
