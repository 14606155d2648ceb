import type { ServiceError } from "./service-error.ts";

export type ProtocolName = "json-1.0" | "json-1.1" | "query" | "cbor" | "rest";

/** What an operation is given and gives back: plain data, with `Timestamp` for moments and `Uint8Array` for blobs. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** How one service's answers are written in one protocol. */
export interface Answering {
  readonly operation: string;
  readonly requestId: string;
  /** True when the client asked for the old query codes (`x-amzn-query-mode`). */
  readonly queryMode: boolean;
  /** The shape namespace before `#` in an error's `__type`; empty when the service sends the bare name. */
  readonly namespace: string;
  /** The XML namespace of the service. */
  readonly xmlNamespace: string;
}

export interface Protocol {
  readonly name: ProtocolName;
  writeOutput(output: Fields, answering: Answering): Reply;
  writeError(error: ServiceError, answering: Answering): Reply;
}
