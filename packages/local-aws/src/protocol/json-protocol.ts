import type { Answering, Protocol, Reply } from "./protocol.ts";
import type { ServiceError } from "./service-error.ts";

export const json10: Protocol = jsonProtocol("json-1.0");
export const json11: Protocol = jsonProtocol("json-1.1");

function jsonProtocol(name: "json-1.0" | "json-1.1"): Protocol {
  const contentType = `application/x-amz-${name}`;
  const headersOf = (requestId: string) => ({ "content-type": contentType, "x-amzn-requestid": requestId });
  return {
    name,
    writeOutput: (output, { requestId }) => ({
      status: 200,
      headers: headersOf(requestId),
      body: JSON.stringify(output, blobAsBase64),
    }),
    writeError: (error, answering) => writeError(name, error, answering, headersOf(answering.requestId)),
  };
}

function writeError(name: string, error: ServiceError, answering: Answering, headers: Record<string, string>): Reply {
  const type = answering.namespace === "" ? error.code : `${answering.namespace}#${error.code}`;
  const message = name === "json-1.1" ? { Message: error.message } : { message: error.message };
  if (answering.queryMode) headers["x-amzn-query-error"] = `${error.queryCode};${error.sender}`;
  // Services that once spoke the query protocol keep its statuses for clients that say so; others get 400.
  const plain = answering.namespace !== "" && !answering.queryMode && error.status < 500;
  return {
    status: plain ? 400 : error.status,
    headers: { ...headers, ...error.headers },
    body: JSON.stringify({ __type: type, ...message, ...error.fields }, blobAsBase64),
  };
}

// A Buffer has turned itself into something else before a replacer sees its value, so the holder is asked.
function blobAsBase64(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const held = this[key];
  return held instanceof Uint8Array ? Buffer.from(held).toString("base64") : value;
}
