import type { Protocol } from "./protocol.ts";
import { escapeXml, toXml } from "./xml.ts";

/** awsQuery: a form in, XML out. Used by STS, IAM and, on request, CloudWatch. */
export const query: Protocol = {
  name: "query",
  writeOutput: (output, { operation, requestId, xmlNamespace }) => ({
    status: 200,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<${operation}Response xmlns="${xmlNamespace}"><${operation}Result>${toXml(output)}</${operation}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
  }),
  writeError: (error, { requestId, xmlNamespace }) => ({
    status: error.status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId, ...error.headers },
    body: `<ErrorResponse xmlns="${xmlNamespace}"><Error><Type>${error.sender}</Type><Code>${escapeXml(error.queryCode)}</Code><Message>${escapeXml(error.message)}</Message>${toXml(error.fields)}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  }),
};
