import type { Principal } from "../identity/principal.ts";
import type { Fields } from "../protocol/protocol.ts";

/** What an operation knows of the request besides its input. */
export interface ServiceCall {
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly principal: Principal;
  /** The endpoint's time, ms since the epoch. */
  readonly now: number;
}

/** Operations run to their end at once, so each is atomic and the whole is linearizable. */
export type Operation = (input: Fields, call: ServiceCall) => Fields;

/** One AWS service: how it is recognised on the wire, and what it does. */
export interface Service {
  /** Its name in credential scopes. */
  readonly signingName: string;
  /** Its name in IAM actions, before the colon. */
  readonly actionPrefix: string;
  /** What stands before the operation in `x-amz-target`, and as service name in CBOR paths. */
  readonly targetPrefix?: string | undefined;
  /** `Version` in query requests. */
  readonly queryVersion?: string | undefined;
  /** The shape namespace in an error's `__type`; "" when errors bear the bare name. */
  readonly errorNamespace: string;
  readonly xmlNamespace: string;
  readonly errors: FrontDoorErrors;
  readonly operations: ReadonlyMap<string, Operation>;
  /** Query requests carry only text: turns the input's numbers, flags and times into what they mean. */
  readonly readQuery?: ((input: Fields) => Fields) | undefined;
  /** Longest request, unpacked, in bytes. Default: as much as is read at all. */
  readonly longestContent?: number | undefined;
  /** The ARN of what the request acts on, for policies; "*" when there is none. */
  readonly resource?: ((input: Fields, call: Pick<ServiceCall, "account" | "region">) => string) | undefined;
}

/** The codes with which a service's front door refuses, and their status. */
export interface FrontDoorErrors {
  readonly throttled: ErrorCode;
  readonly denied: ErrorCode;
  readonly expiredToken: ErrorCode;
  readonly unknownKey: ErrorCode;
  readonly badSignature: ErrorCode;
  readonly incompleteSignature: ErrorCode;
  readonly missingToken: ErrorCode;
  readonly internal: ErrorCode;
  readonly unavailable: ErrorCode;
  readonly unknownOperation: ErrorCode;
}

export interface ErrorCode {
  readonly code: string;
  readonly status: number;
  /** What clients in query mode are told instead. */
  readonly queryCode?: string | undefined;
}
