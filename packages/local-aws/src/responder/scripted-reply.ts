import type { FaultCall } from "../faults/fault-rule.ts";

/** A request as a scripted responder sees it. */
export interface ScriptedCall extends FaultCall {
  readonly method: string;
  readonly path: string;
  /** With its `?`, or "". */
  readonly search: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What to answer, in the protocol of the request; `raw` answers as given, for REST services. */
export type ScriptedReply =
  | { readonly output: Readonly<Record<string, unknown>> }
  | {
      readonly error: {
        readonly code: string;
        readonly message?: string | undefined;
        /** Default 400. */
        readonly status?: number | undefined;
        readonly headers?: Readonly<Record<string, string>> | undefined;
        readonly fields?: Readonly<Record<string, unknown>> | undefined;
      };
    }
  | {
      readonly raw: {
        /** Default 200. */
        readonly status?: number | undefined;
        readonly headers?: Readonly<Record<string, string>> | undefined;
        readonly body?: string | Uint8Array | undefined;
      };
    };

type ReplyFunction = (call: ScriptedCall) => ScriptedReply | Promise<ScriptedReply>;

/** Answers for a service that the endpoint does not know, or in place of one that it does. */
export interface ScriptedResponder {
  /** The signing name, such as `dynamodb`, `kms`, `s3`. */
  readonly service: string;
  /** The operation; for REST services, method and path such as `GET /bucket/key`. Default: all. */
  readonly operation?: string | undefined;
  /** Any further condition. */
  readonly when?: ((call: ScriptedCall) => boolean) | undefined;
  /** One reply for all, one after the other (the last repeats), or one made for the request. */
  readonly reply: ScriptedReply | readonly ScriptedReply[] | ReplyFunction;
}
