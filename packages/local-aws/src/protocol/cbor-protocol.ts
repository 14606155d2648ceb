import { encodeCbor } from "./cbor.ts";
import type { Protocol } from "./protocol.ts";

const contentType = { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" };

/** Smithy RPC v2: CBOR over POST /service/NAME/operation/NAME. */
export const cbor: Protocol = {
  name: "cbor",
  writeOutput: (output, { requestId }) => ({
    status: 200,
    headers: { ...contentType, "x-amzn-requestid": requestId },
    body: encodeCbor(output),
  }),
  writeError: (error, { namespace, requestId, queryMode }) => ({
    status: error.status,
    headers: {
      ...contentType,
      "x-amzn-requestid": requestId,
      ...(queryMode ? { "x-amzn-query-error": `${error.queryCode};${error.sender}` } : {}),
      ...error.headers,
    },
    body: encodeCbor({
      __type: namespace === "" ? error.code : `${namespace}#${error.code}`,
      message: error.message,
      ...error.fields,
    }),
  }),
};
