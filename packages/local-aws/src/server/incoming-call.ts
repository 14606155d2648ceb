import type { FaultCall } from "../faults/fault-rule.ts";
import type { AccessKeys, KnownKey } from "../identity/access-keys.ts";
import { parseAuthorization, type SignedAs } from "../identity/authorization-header.ts";
import { decodeCbor } from "../protocol/cbor.ts";
import { cbor } from "../protocol/cbor-protocol.ts";
import { json10, json11 } from "../protocol/json-protocol.ts";
import { isStructure } from "../protocol/members.ts";
import type { Protocol } from "../protocol/protocol.ts";
import { parseQueryForm } from "../protocol/query-form.ts";
import { query } from "../protocol/query-protocol.ts";
import { rest } from "../protocol/rest-protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Service } from "./service.ts";
import type { WireRequest } from "./wire-request.ts";

/** What a request asks for, as far as its headers and body tell; nothing is believed yet. */
export interface IncomingCall extends FaultCall {
  readonly protocol: Protocol;
  /** The service, when the endpoint knows it. */
  readonly known: Service | undefined;
  readonly signedAs: SignedAs | undefined;
  readonly key: KnownKey | undefined;
  readonly maxAttempts: number | undefined;
  readonly invocationId: string | undefined;
  readonly queryMode: boolean;
  /** The body could not be read. */
  readonly unreadable: ServiceError | undefined;
}

interface Asked {
  readonly protocol: Protocol;
  /** Prefix of the target, CBOR service name, or query version: tells the service when the signature does not. */
  readonly hint: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly unreadable?: ServiceError;
}

const nobody = "000000000000";

/** Reads what a request asks for. Never throws: what cannot be read is told in `unreadable`. */
export function readIncomingCall(
  request: WireRequest,
  services: readonly Service[],
  accessKeys: AccessKeys,
): IncomingCall {
  const signedAs = parseAuthorization(request.header("authorization"));
  const asked = readOperation(request);
  const known = services.find((service) => isMeant(service, asked, signedAs));
  const key = signedAs === undefined ? undefined : accessKeys.find(signedAs.accessKeyId);
  const [attempt, maxAttempts] = attemptsOf(request.header("amz-sdk-request"));
  return {
    protocol: asked.protocol,
    known,
    service: known?.signingName ?? signedAs?.service ?? asked.hint,
    operation: asked.operation,
    account: key?.account ?? nobody,
    region: signedAs?.region ?? "us-east-1",
    accessKeyId: signedAs?.accessKeyId ?? "",
    attempt,
    maxAttempts,
    invocationId: request.header("amz-sdk-invocation-id"),
    queryMode: request.header("x-amzn-query-mode") === "true",
    input: asked.protocol === query && known?.readQuery !== undefined ? known.readQuery(asked.input) : asked.input,
    signedAs,
    key,
    unreadable: asked.unreadable,
  };
}

// The target or version names the service; only where there is none does the signature have to.
function isMeant(service: Service, { protocol, hint }: Asked, signedAs: SignedAs | undefined): boolean {
  if (protocol === rest) return service.signingName === signedAs?.service;
  return hint === (protocol === query ? service.queryVersion : service.targetPrefix);
}

function readOperation(request: WireRequest): Asked {
  if (request.header("smithy-protocol") === "rpc-v2-cbor") return readCbor(request);
  const target = request.header("x-amz-target");
  if (target !== undefined) return readJson(request, target);
  const contentType = request.header("content-type") ?? "";
  if (contentType.startsWith("application/x-www-form-urlencoded")) return readQuery(request);
  return { protocol: rest, hint: "", operation: `${request.method} ${request.path}`, input: {} };
}

function readCbor(request: WireRequest): Asked {
  const [, hint = "", operation = ""] = /\/service\/([^/]+)\/operation\/([^/]+)$/.exec(request.path) ?? [];
  return readBody({ protocol: cbor, hint, operation }, () => {
    const content = request.content();
    return content.length === 0 ? {} : decodeCbor(content);
  });
}

function readJson(request: WireRequest, target: string): Asked {
  const protocol = request.header("content-type")?.startsWith("application/x-amz-json-1.0") ? json10 : json11;
  const dot = target.lastIndexOf(".");
  return readBody({ protocol, hint: target.slice(0, dot), operation: target.slice(dot + 1) }, () => {
    const content = request.content().toString("utf8");
    return content === "" ? {} : JSON.parse(content);
  });
}

function readBody(asked: Omit<Asked, "input">, read: () => unknown): Asked {
  try {
    const input = read();
    if (isStructure(input)) return { ...asked, input };
    return {
      ...asked,
      input: {},
      unreadable: new ServiceError("SerializationException", "Start of structure expected."),
    };
  } catch (error) {
    const text = `The body is not ${asked.protocol === cbor ? "CBOR" : "JSON"}.`;
    const unreadable = error instanceof ServiceError ? error : new ServiceError("SerializationException", text);
    return { ...asked, input: {}, unreadable };
  }
}

function readQuery(request: WireRequest): Asked {
  try {
    const form = new URLSearchParams(request.content().toString("utf8"));
    const { Action = "", Version = "", ...input } = parseQueryForm(form);
    return { protocol: query, hint: String(Version), operation: String(Action), input };
  } catch (error) {
    const unreadable =
      error instanceof ServiceError ? error : new ServiceError("MalformedInput", "The form is malformed.");
    return { protocol: query, hint: "", operation: "", input: {}, unreadable };
  }
}

function attemptsOf(header: string | undefined): [attempt: number, maxAttempts: number | undefined] {
  if (header === undefined) return [1, undefined];
  const attempt = /attempt=(\d+)/.exec(header)?.[1];
  const maxAttempts = /max=(\d+)/.exec(header)?.[1];
  return [attempt === undefined ? 1 : Number(attempt), maxAttempts === undefined ? undefined : Number(maxAttempts)];
}
