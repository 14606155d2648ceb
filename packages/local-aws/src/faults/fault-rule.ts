/** The request as rules, responders and the call log see it. */
export interface FaultCall {
  /** The signing name: `secretsmanager`, `sts`, `monitoring`, `iam`, or what the request says of itself. */
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** From 1, as the SDK counts in `amz-sdk-request`; 1 when the client does not say. */
  readonly attempt: number;
  /** The request's members. */
  readonly input: Readonly<Record<string, unknown>>;
}

type OneOrMore<Value> = Value | readonly Value[];

/** Which requests a rule is for, and when. All that is given must hold. */
export interface FaultScope {
  readonly service?: OneOrMore<string> | undefined;
  readonly operation?: OneOrMore<string> | undefined;
  readonly account?: OneOrMore<string> | undefined;
  readonly region?: OneOrMore<string> | undefined;
  /** Attempts of a call, from 1. */
  readonly attempt?: OneOrMore<number> | undefined;
  /** Any further condition. */
  readonly when?: ((call: FaultCall) => boolean) | undefined;
  /** Chance that a request that fits meets the fault, drawn from the endpoint's seed: 0 to 1. Default 1. */
  readonly probability?: number | undefined;
  /** Requests that fit and are let through first. Default 0. */
  readonly skip?: number | undefined;
  /** Faults in all; the rule is spent after them. Default: no end. */
  readonly times?: number | undefined;
  /** When the rule begins, in milliseconds after it was added. Default 0. */
  readonly startsInMs?: number | undefined;
  /** How long the rule holds from its beginning, in milliseconds. Default: no end. */
  readonly lastsMs?: number | undefined;
}

/** What befalls the request. */
export type FaultEffect =
  /** Refused as over the rate, with the service's own code. */
  | { readonly fault: "throttle"; readonly retryAfterMs?: number | undefined; readonly code?: string | undefined }
  /** Refused beyond a rate, counted per account and region unless `per` says all requests share it. */
  | {
      readonly fault: "rate-limit";
      readonly perSecond: number;
      /** Requests at once. Default: one second's worth. */
      readonly burst?: number | undefined;
      readonly per?: "account-region" | "rule" | undefined;
      /** Tokens a request takes. Default 1. */
      readonly cost?: ((call: FaultCall) => number) | undefined;
      readonly retryAfterMs?: number | undefined;
    }
  /** An error of the service. Default status 500 and the service's own code for it. */
  | {
      readonly fault: "error";
      readonly status?: number | undefined;
      readonly code?: string | undefined;
      readonly message?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    }
  /** Answered later; later rules still apply. */
  | { readonly fault: "latency"; readonly latencyMs: number | ((call: FaultCall, random: () => number) => number) }
  /** Never answered. With `afterEffect`, the operation happens first. */
  | { readonly fault: "hang"; readonly afterEffect?: boolean | undefined }
  /** The connection is reset before the operation happens. */
  | { readonly fault: "reset" }
  /** The operation happens, then the connection is reset. */
  | { readonly fault: "lost-response" }
  /** The operation happens, and a 500 comes back. */
  | { readonly fault: "error-after-effect"; readonly status?: number | undefined }
  /** The caller may not do this. */
  | { readonly fault: "denied"; readonly message?: string | undefined }
  /** The caller's credentials have run out. */
  | { readonly fault: "expired-credentials" }
  /** The service's clock is off: its `Date` header says so and it judges signatures by it. Later rules still apply. */
  | { readonly fault: "clock-skew"; readonly skewMs: number }
  /** The region is down. `unavailable` answers 503, `reset` cuts connections, `hang` never answers. Default `unavailable`. */
  | { readonly fault: "outage"; readonly mode?: "unavailable" | "reset" | "hang" | undefined }
  /** What a proxy in between says: HTML, or nothing. Default status 503. */
  | { readonly fault: "html"; readonly status?: number | undefined }
  | { readonly fault: "empty-body"; readonly status?: number | undefined }
  /** A success whose body breaks off before its stated length. */
  | { readonly fault: "truncated-body" };

export type FaultRule = FaultScope & FaultEffect;
export type FaultKind = FaultEffect["fault"];
