import type { OpenCallRecord } from "../calls/call-log.ts";
import type { FaultPlan } from "../faults/faults.ts";
import type { IncomingCall } from "./incoming-call.ts";
import type { WireRequest } from "./wire-request.ts";

/** The log's record of a request that has just arrived. */
export function newCallRecord(
  call: IncomingCall,
  request: WireRequest,
  plan: FaultPlan,
  sequence: number,
  at: number,
): OpenCallRecord {
  return {
    sequence,
    at,
    service: call.service,
    operation: call.operation,
    account: call.account,
    region: call.region,
    accessKeyId: call.accessKeyId,
    protocol: call.protocol.name,
    attempt: call.attempt,
    maxAttempts: call.maxAttempts,
    invocationId: call.invocationId,
    requestId: `10ca1a05-0000-4000-8000-${sequence.toString(16).padStart(12, "0")}`,
    input: withoutSecrets(call),
    bodyBytes: request.body.length,
    contentEncoding: request.header("content-encoding"),
    faults: plan.kinds,
    status: undefined,
    errorCode: undefined,
    effect: false,
    durationMs: undefined,
  };
}

/** Members that hold secrets, in whatever service. */
const sensitive = [
  "SecretString",
  "SecretBinary",
  "Plaintext",
  "Password",
  "TokenCode",
  "WebIdentityToken",
  "SAMLAssertion",
];

function withoutSecrets({ input }: IncomingCall): Readonly<Record<string, unknown>> {
  const hidden = sensitive.filter((name) => input[name] !== undefined);
  if (hidden.length === 0) return input;
  return { ...input, ...Object.fromEntries(hidden.map((name) => [name, "[redacted]"])) };
}
